import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { placedPoints } from '../telemetry/run-batch.ts';
import { RUN_COLUMNS } from '../telemetry/run-points.ts';
import {
  HOUR_MS,
  type HourCount,
  type TelemetryPoint,
  type TelemetryStore,
} from '../telemetry/telemetry-store.ts';
import { TELEMETRY_CURSOR } from '../telemetry/telemetry-writer.ts';
import { pointKey } from './refused-points.ts';

/** Runs that are read at a time; what arrives meanwhile is committed in between. */
const PAGE_RUNS = 100;

/** Whole hours, ms since the epoch. */
export interface HourRange {
  from: number;
  to: number;
}

/** How many values each device has in each hour of a range. */
export class HourCounts {
  readonly #range: HourRange;
  // Keyed by device; one number for each hour.
  readonly #counts = new Map<string, Int32Array>();
  // Device and hour, where more than the counts is to be compared.
  readonly #marked = new Set<string>();

  constructor(range: HourRange) {
    this.#range = range;
  }

  add({ deviceId, hour, values }: HourCount): void {
    const { from, to } = this.#range;
    if (hour < from || hour >= to) return;
    let own = this.#counts.get(deviceId);
    if (own === undefined) {
      own = new Int32Array((to - from) / HOUR_MS);
      this.#counts.set(deviceId, own);
    }
    const i = (hour - from) / HOUR_MS;
    own[i] = (own[i] ?? 0) + values;
  }

  /** Makes an hour one of the differences whatever its counts are. */
  mark(deviceId: string, hour: number): void {
    this.#marked.add(`${deviceId}/${hour}`);
  }

  get devices(): number {
    return this.#counts.size;
  }

  /** Device and hour of everything that the two do not have alike or that is marked, by device and hour. */
  differences(other: HourCounts): { deviceId: string; hour: number }[] {
    const { from, to } = this.#range;
    const devices = [...new Set([...this.#counts.keys(), ...other.#counts.keys()])].sort();
    return devices.flatMap((deviceId) => {
      const own = this.#counts.get(deviceId);
      const others = other.#counts.get(deviceId);
      return Array.from({ length: (to - from) / HOUR_MS }, (_, i) => i).flatMap((i) => {
        const hour = from + i * HOUR_MS;
        const isAlike = (own?.[i] ?? 0) === (others?.[i] ?? 0);
        return isAlike && !this.#marked.has(`${deviceId}/${hour}`) ? [] : { deviceId, hour };
      });
    });
  }
}

/**
 * Counts what the inbox has of what the telemetry store should have by now, and marks the hours of points that lie in
 * quarantine: they are to be sent again, or came another way.
 *
 * @param refused those points, as `pointKey` names them
 */
export async function countInbox(
  db: Kysely<Database>,
  kinds: TelemetryStore['kinds'],
  { from, to }: HourRange,
  deviceId: string | null,
  refused: ReadonlySet<string>,
  stopping: AbortSignal,
): Promise<{ counts: HourCounts; points: number }> {
  const counts = new HourCounts({ from, to });
  let points = 0;
  let after = 0;
  while (!stopping.aborted) {
    let runs = db
      .selectFrom('inbox')
      .select(RUN_COLUMNS)
      .where('id', '>', after)
      .where('id', '<=', ({ selectFrom }) =>
        selectFrom('cursor').select('value').where('name', '=', TELEMETRY_CURSOR),
      )
      // A shock event is recorded some time after its impact.
      .where('first_at', '<', to + HOUR_MS)
      .where('last_at', '>=', from)
      .orderBy('id')
      .limit(PAGE_RUNS);
    if (deviceId !== null) runs = runs.where('device_id', '=', deviceId);
    const rows = await runs.execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const point of await placedPoints(db, rows)) {
      if (point.measuredAt < from || point.measuredAt >= to || !kinds.includes(point.kind)) continue;
      points += 1;
      const hour = Math.floor(point.measuredAt / HOUR_MS) * HOUR_MS;
      counts.add({ deviceId: point.deviceId, hour, values: valuesIn(point) });
      if (refused.has(pointKey(point))) counts.mark(point.deviceId, hour);
    }
    after = last.id;
  }
  return { counts, points };
}

function valuesIn(point: TelemetryPoint): number {
  if (point.kind === 'shock') return 1;
  return Object.values(point.values).filter((value) => value !== undefined).length;
}
