import type { Kysely, Selectable } from 'kysely';
import { type BootLine, knownTimeOf, UNKNOWN_LINE } from '../boot-time/boot-line.ts';
import { readBootLines } from '../boot-time/boot-line-reader.ts';
import type { Database } from '../store/database.ts';
import type { PointDelivery } from './point-delivery.ts';
import { pointsOf, RUN_COLUMNS } from './run-points.ts';
import type { TelemetryPoint } from './telemetry-store.ts';

/** Runs that are read at a time. */
const PAGE_RUNS = 10;

export type BootMove = Selectable<Database['boot_move']>;

/** The oldest move of a boot that the telemetry store has not followed yet. */
export function nextMove(db: Kysely<Database>): Promise<BootMove | undefined> {
  return db.selectFrom('boot_move').selectAll().orderBy('id').limit(1).executeTakeFirst();
}

/**
 * Takes the points of a boot from where its line was to where it is now. Every run of it is looked at, also those beyond
 * the cursor: a write that was cut off may have put their points there already. Done twice, or after a later move of
 * the same boot, it changes nothing more.
 *
 * @returns whether it is done; false where the writer was stopped before
 */
export async function carryMove(
  db: Kysely<Database>,
  delivery: PointDelivery,
  move: BootMove,
): Promise<boolean> {
  const before: BootLine = { ...UNKNOWN_LINE, ...(JSON.parse(move.line_before) as Partial<BootLine>) };
  let above = -1;
  for (;;) {
    const rows = await db
      .selectFrom('inbox')
      .select(RUN_COLUMNS)
      .where('device_id', '=', move.device_id)
      .where('epoch', '=', move.epoch)
      .where('boot_id', '=', move.boot_id)
      .where('from_seq', '>', above)
      .orderBy('from_seq')
      .limit(PAGE_RUNS)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    // Read with each page: it may have moved again meanwhile.
    const now = (await readBootLines(db, [move]))(move);
    const moved = rows.map((row) =>
      movedPoints(pointsOf(row, knownTimeOf(before, row.clock)), pointsOf(row, knownTimeOf(now, row.clock))),
    );
    // All of them leave before any is written: a point may have come back to where it was.
    if (!(await delivery.remove(moved.flatMap(({ left }) => left)))) return false;
    const arrived = moved.flatMap((run) => run.arrived);
    if ((await delivery.deliver(arrived)) === undefined) return false;
    above = last.from_seq;
  }
  await db.deleteFrom('boot_move').where('id', '=', move.id).execute();
  return true;
}

/** Those of the points of one run that lie elsewhere now. */
function movedPoints(old: readonly TelemetryPoint[], now: readonly TelemetryPoint[]) {
  // Keyed by seq.
  const before = new Map(old.map((point) => [point.seq, point.measuredAt]));
  const after = new Map(now.map((point) => [point.seq, point.measuredAt]));
  return {
    left: old.filter(({ seq, measuredAt }) => after.get(seq) !== measuredAt),
    arrived: now.filter(({ seq, measuredAt }) => before.get(seq) !== measuredAt),
  };
}
