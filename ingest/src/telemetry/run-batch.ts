import { type Kysely, sql } from 'kysely';
import { knownTimeOf } from '../boot-time/boot-line.ts';
import { readBootLines } from '../boot-time/boot-line-reader.ts';
import type { Database } from '../store/database.ts';
import { pointsOf, RUN_COLUMNS, type RunRow } from './run-points.ts';
import type { TelemetryPoint } from './telemetry-store.ts';

/** What one write takes: more is no faster, and a refused one is halved until the bad point is found. */
const BATCH_RECORDS = 5000;

/** A stretch of the inbox as points. */
export interface RunBatch {
  /** The id of its last run; undefined where there is nothing beyond the cursor. */
  lastId: number | undefined;
  runs: number;
  points: TelemetryPoint[];
}

/**
 * Reads the runs beyond an id, as many as make about BATCH_RECORDS records and at least one.
 *
 * @param expectedRuns how many rows to look at at most; the one before gives the measure
 */
export async function readBatch(
  db: Kysely<Database>,
  after: number,
  expectedRuns: number,
): Promise<RunBatch> {
  const limit = Math.min(BATCH_RECORDS, 2 * expectedRuns + 64);
  const counted = sql`(select id, sum(records) over (order by id) - records as records_before from
    (select id, records from inbox where id > ${after} order by id limit ${limit}) as next)`;
  const rows: RunRow[] = await db
    .selectFrom('inbox')
    .select(RUN_COLUMNS)
    .where('id', '>', after)
    .where(
      'id',
      '<=',
      sql<number>`(select max(id) from ${counted} as counted
      where records_before < ${BATCH_RECORDS})`,
    )
    .orderBy('id')
    .execute();
  return { lastId: rows.at(-1)?.id, runs: rows.length, points: await placedPoints(db, rows) };
}

/** The points of runs, where the lines of their boots put them now. */
export async function placedPoints(db: Kysely<Database>, rows: readonly RunRow[]): Promise<TelemetryPoint[]> {
  const lines = await readBootLines(db, rows);
  const points: TelemetryPoint[] = [];
  for (const row of rows)
    for (const point of pointsOf(row, knownTimeOf(lines(row), row.clock))) points.push(point);
  return points;
}
