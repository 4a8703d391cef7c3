import type { DecodedUp, DeviceRecord } from '@jostle/contracts';
import type { Selectable, Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { BootTables } from './boot-tables.ts';
import type { Anchor, BootTimeline } from './placement.ts';

export interface EpochOfDevice {
  deviceId: string;
  epoch: string;
}

export type BootRow = Selectable<BootTables['boot']>;

/** What a batch tells of the boots of one epoch. */
export interface BootNews extends EpochOfDevice {
  receivedAt: number;
  /** Those that are new. */
  records: readonly DeviceRecord[];
  sent: readonly NonNullable<DecodedUp['sent']>[];
}

/** What is known of a boot after a batch. */
export interface NotedBoot extends BootTimeline {
  row: BootRow;
  /** What was known of it before the batch. */
  before: BootTimeline;
  /** The batch moved its line: rows that are stored already may lie elsewhere now. */
  isMoved: boolean;
}

/** A message that was faster than all before it moves the line of its boot only if it was so by this, ms. */
const HEARD_STEP_MS = 500;

/** Notes what a batch tells of boots. @returns the boots that it touches, keyed by boot id */
export async function noteBoots(trx: Transaction<Database>, news: BootNews): Promise<Map<string, NotedBoot>> {
  const noted = new Map<string, NotedBoot>();
  // A boot that the device does not know any more has no clock.
  const records = news.records.filter(({ bootNumber }) => bootNumber !== 0);
  // Keyed by boot id.
  const byBoot = new Map<string, DeviceRecord[]>();
  for (const record of records) {
    const own = byBoot.get(record.bootId);
    if (own === undefined) byBoot.set(record.bootId, [record]);
    else own.push(record);
  }
  const ids = [...new Set([...byBoot.keys(), ...news.sent.map(({ bootId }) => bootId)])];
  if (ids.length === 0) return noted;
  const known = await ofBoots(trx, news, 'boot', ids);
  const fresh = records.filter(isAnchor);
  const freshSeqs = new Set(fresh.map(({ seq }) => seq));
  if (fresh.length > 0) await insertAnchors(trx, news, fresh);
  const isAnchored = fresh.length > 0 || known.some((row) => row.is_anchored === 1);
  const anchors = isAnchored ? await ofBoots(trx, news, 'clock_anchor', ids) : [];
  for (const id of ids) {
    const old = known.find((row) => row.boot_id === id);
    const row = bootRow(news, id, byBoot.get(id) ?? [], old);
    if (row === undefined) continue;
    const isHeardAnew = row.has_unsynced === 1 && row.heard_offset_ms !== (old?.heard_offset_ms ?? null);
    const own = anchors.filter(({ boot_id }) => boot_id === id);
    noted.set(id, {
      row,
      before: {
        anchors: own
          .filter(({ seq }) => !freshSeqs.has(seq))
          .map(anchorOf)
          .toSorted(byMonotonic),
        heardOffsetMs: old?.heard_offset_ms ?? null,
      },
      anchors: own.map(anchorOf).toSorted(byMonotonic),
      heardOffsetMs: row.heard_offset_ms,
      isMoved: old !== undefined && (isHeardAnew || fresh.some(({ bootId }) => bootId === id)),
    });
    if (!isSame(row, old)) await writeBoot(trx, row);
  }
  return noted;
}

function isAnchor(record: DeviceRecord): record is Extract<DeviceRecord, { kind: 'anchor' }> {
  return record.kind === 'anchor' && record.body.source === 'ntp';
}

function bootRow(
  { deviceId, epoch, receivedAt, sent }: BootNews,
  bootId: string,
  records: readonly DeviceRecord[],
  old: BootRow | undefined,
): BootRow | undefined {
  if (old === undefined && records.length === 0) return undefined;
  const [firstSeq, lastSeq] = extremes(records.map(({ seq }) => seq));
  const [firstMono, lastMono] = extremes(records.map(({ monotonicMs }) => monotonicMs));
  const [heardOffset] = extremes(
    sent.flatMap((s) => (s.bootId === bootId ? [receivedAt - s.monotonicMs] : [])),
  );
  const oldHeard = old?.heard_offset_ms ?? Number.POSITIVE_INFINITY;
  const isFaster = heardOffset < oldHeard - HEARD_STEP_MS;
  return {
    device_id: deviceId,
    epoch,
    boot_id: bootId,
    boot_number: records[0]?.bootNumber ?? old?.boot_number ?? null,
    first_seq: Math.min(old?.first_seq ?? firstSeq, firstSeq),
    last_seq: Math.max(old?.last_seq ?? lastSeq, lastSeq),
    first_mono_ms: Math.min(old?.first_mono_ms ?? firstMono, firstMono),
    last_mono_ms: Math.max(old?.last_mono_ms ?? lastMono, lastMono),
    has_unsynced: records.some(({ clockQuality }) => clockQuality !== 'ntp') ? 1 : (old?.has_unsynced ?? 0),
    is_anchored: records.some(isAnchor) ? 1 : (old?.is_anchored ?? 0),
    heard_offset_ms: isFaster ? heardOffset : (old?.heard_offset_ms ?? null),
    received_offset_ms: Math.min(old?.received_offset_ms ?? Number.POSITIVE_INFINITY, receivedAt - lastMono),
    earliest_offset_ms: old?.earliest_offset_ms ?? null,
    latest_offset_ms: old?.latest_offset_ms ?? null,
  };
}

/** The smallest and the largest; ±∞ of nothing. */
function extremes(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function isSame(row: BootRow, old: BootRow | undefined): boolean {
  return old !== undefined && JSON.stringify(row) === JSON.stringify({ ...row, ...old });
}

async function writeBoot(trx: Transaction<Database>, row: BootRow): Promise<void> {
  await trx
    .insertInto('boot')
    .values(row)
    .onConflict((conflict) => conflict.columns(['device_id', 'epoch', 'boot_id']).doUpdateSet(row))
    .execute();
}

async function insertAnchors(
  trx: Transaction<Database>,
  { deviceId, epoch }: EpochOfDevice,
  anchors: readonly Extract<DeviceRecord, { kind: 'anchor' }>[],
): Promise<void> {
  const rows = anchors.map(({ seq, bootId, body }) => ({
    device_id: deviceId,
    epoch,
    seq,
    boot_id: bootId,
    mono_ms: body.monotonicMs,
    wall_ms: body.wallMs,
  }));
  await trx
    .insertInto('clock_anchor')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function ofBoots<T extends 'boot' | 'clock_anchor'>(
  trx: Transaction<Database>,
  { deviceId, epoch }: EpochOfDevice,
  table: T,
  bootIds: readonly string[],
): Promise<Selectable<BootTables[T]>[]> {
  return trx
    .selectFrom(table as 'boot')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('boot_id', 'in', bootIds)
    .execute() as unknown as Promise<Selectable<BootTables[T]>[]>;
}

function anchorOf({ mono_ms, wall_ms }: Selectable<BootTables['clock_anchor']>): Anchor {
  return { monotonicMs: mono_ms, wallMs: wall_ms };
}

function byMonotonic(a: Anchor, b: Anchor): number {
  return a.monotonicMs - b.monotonicMs || a.wallMs - b.wallMs;
}
