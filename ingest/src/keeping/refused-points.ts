import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { REFUSED, type RefusedPoint, rawOf } from '../telemetry/point-delivery.ts';
import type { TelemetryPoint } from '../telemetry/telemetry-store.ts';

/** What the quarantine has of one point that the telemetry store refused. */
export interface RefusedRow {
  id: number;
  /** Of the point, as `pointKey` makes it. */
  key: string;
}

/** Names a point by its record. */
export function pointKey({
  deviceId,
  epoch,
  seq,
}: Pick<TelemetryPoint, 'deviceId' | 'epoch' | 'seq'>): string {
  return `${deviceId}/${epoch}/${seq}`;
}

/** What the quarantine has of refused points, of one device or of all: at most a tenth of its room. */
export async function refusedRows(db: Kysely<Database>, deviceId: string | null): Promise<RefusedRow[]> {
  let rows = db
    .selectFrom('quarantine')
    .select(['id', 'device_id', 'epoch', 'seq'])
    .where('code', '=', REFUSED);
  if (deviceId !== null) rows = rows.where('device_id', '=', deviceId);
  return (await rows.execute()).map(({ id, device_id, epoch, seq }) => ({
    id,
    key: pointKey({ deviceId: device_id, epoch: epoch ?? '', seq: seq ?? 0 }),
  }));
}

/** Takes rows out of the quarantine after their points were sent again, but those of points that were refused again. */
export async function forgetTaken(
  db: Kysely<Database>,
  rows: readonly RefusedRow[],
  refusedAgain: readonly RefusedPoint[],
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  let gone = db.deleteFrom('quarantine').where('id', 'in', ids);
  // One that lies elsewhere by now has a new row.
  const known = new Set(rows.map(({ key }) => key));
  const again = refusedAgain.filter(({ point }) => known.has(pointKey(point)));
  const kept = again.map(({ point }) => rawOf(point).toString('base64'));
  if (kept.length > 0) gone = gone.where('raw', 'not in', kept);
  await gone.execute();
}
