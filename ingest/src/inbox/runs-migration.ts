import type { DeviceRecord } from '@jostle/contracts';
import { type Kysely, sql } from 'kysely';
import { OPEN_BOOT } from '../boot-time/boot-tables.ts';
import type { Database } from '../store/database.ts';
import type { AreaMigration, Engine } from '../store/engine.ts';
import { keepPendingMoves } from './moves-migration.ts';
import { runGuard } from './run-guard.ts';
import { follows, RUN_BYTES_MAX, RUN_RECORDS_MAX, runRow } from './stored-run.ts';

/** Rows that are read at a time. */
const PAGE_ROWS = 2000;

/** A row as it was while the inbox held one record a row. */
interface RecordRow {
  device_id: string;
  epoch: string;
  seq: number;
  kind: string;
  measured_at: number;
  mono_ms: number;
  boot_id: string;
  clock: DeviceRecord['clockQuality'];
  received_at: number;
  body: string;
  resolved_at: number | null;
}

/** The inbox keeps runs of records in place of records, and moves of boots in place of moves of points. */
export const runsMigration: AreaMigration = {
  async up(db, engine) {
    await db.schema.alterTable('inbox').renameTo('inbox_record').execute();
    await createInbox(db, engine);
    await createMoves(db, engine);
    await keyReceivedByStart(db, engine);
    await sql.raw(`create index boot_open on boot (device_id, epoch) where ${OPEN_BOOT}`).execute(db);
    const { rows } = await sql<{ value: number }>`select value from cursor where name = 'telemetry'`.execute(
      db,
    );
    const cursor = rows[0]?.value ?? 0;
    // What the telemetry store has comes first, so that one cursor still divides it from the rest.
    await convert(db, sql`id <= ${cursor}`);
    await sql`update cursor set value = (select coalesce(max(id), 0) from inbox) where name = 'telemetry'`.execute(
      db,
    );
    await convert(db, sql`id > ${cursor}`);
    await keepPendingMoves(db);
    await db.schema.dropTable('point_move').execute();
    await db.schema.dropTable('inbox_record').execute();
    for (const statement of runGuard(engine)) await sql.raw(statement).execute(db);
  },
};

async function createInbox({ schema }: Kysely<unknown>, engine: Engine): Promise<void> {
  const creation = schema.createTable('inbox');
  const withId =
    engine === 'sqlite'
      ? creation.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      : creation.addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity());
  await withId
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('from_seq', 'bigint', (c) => c.notNull())
    .addColumn('to_seq', 'bigint', (c) => c.notNull())
    .addColumn('records', 'integer', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('first_at', 'bigint')
    .addColumn('last_at', 'bigint')
    .addColumn('message', 'text', (c) => c.notNull())
    .addUniqueConstraint('inbox_run_identity', ['device_id', 'epoch', 'from_seq'])
    .addCheckConstraint('inbox_run_whole', sql`records = to_seq - from_seq + 1 and records > 0`)
    .execute();
}

async function createMoves({ schema }: Kysely<unknown>, engine: Engine): Promise<void> {
  const creation = schema.createTable('boot_move');
  const withId =
    engine === 'sqlite'
      ? creation.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      : creation.addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity());
  await withId
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('line_before', 'text', (c) => c.notNull())
    .execute();
}

/** A range that ends later stays the same row. */
async function keyReceivedByStart(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema.alterTable('received').renameTo('received_range').execute();
  const creation = db.schema
    .createTable('received')
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('from_seq', 'bigint', (c) => c.notNull())
    .addColumn('to_seq', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('received_by_start', ['device_id', 'epoch', 'from_seq']);
  await (engine === 'sqlite' ? creation.modifyEnd(sql`without rowid`) : creation).execute();
  await sql`insert into received select device_id, epoch, from_seq, to_seq from received_range`.execute(db);
  await db.schema.dropTable('received_range').execute();
}

/** Writes the records of some rows as runs, page by page in the order of their identity. */
async function convert(db: Kysely<unknown>, which: ReturnType<typeof sql>): Promise<void> {
  let run: RecordRow[] = [];
  let bytes = 0;
  let last: RecordRow | undefined;
  do {
    const after: RecordRow | undefined = last;
    const beyond =
      after === undefined
        ? sql`1 = 1`
        : sql`(device_id, epoch, seq) > (${after.device_id}, ${after.epoch}, ${after.seq})`;
    const { rows } = await sql<RecordRow>`select * from inbox_record
      where ${which} and ${beyond} order by device_id, epoch, seq limit ${PAGE_ROWS}`.execute(db);
    const finished: RecordRow[][] = [];
    for (const row of rows) {
      if (!isContinued(run, row) || bytes + row.body.length > RUN_BYTES_MAX) {
        if (run.length > 0) finished.push(run);
        run = [];
        bytes = 0;
      }
      run.push(row);
      bytes += row.body.length;
    }
    last = rows.at(-1);
    if (last === undefined && run.length > 0) finished.push(run);
    if (finished.length > 0) await insertRuns(db, finished);
  } while (last !== undefined);
}

function isContinued(run: readonly RecordRow[], row: RecordRow): boolean {
  const before = run.at(-1);
  return (
    before !== undefined &&
    run.length < RUN_RECORDS_MAX &&
    row.device_id === before.device_id &&
    row.epoch === before.epoch &&
    row.received_at === before.received_at &&
    follows(recordOf(before), recordOf(row))
  );
}

async function insertRuns(db: Kysely<unknown>, runs: readonly RecordRow[][]): Promise<void> {
  const rows = runs.flatMap((run) => {
    const [first] = run;
    if (first === undefined) return [];
    const origin = { deviceId: first.device_id, epoch: first.epoch, receivedAt: first.received_at };
    const times = run.flatMap((row) => row.resolved_at ?? []);
    const span =
      times.length === 0
        ? { firstAt: null, lastAt: null }
        : { firstAt: Math.min(...times), lastAt: Math.max(...times) };
    return runRow(origin, run.map(recordOf), span);
  });
  await (db as Kysely<Database>).insertInto('inbox').values(rows).execute();
}

function recordOf(row: RecordRow): DeviceRecord {
  return {
    seq: row.seq,
    kind: row.kind,
    measuredAt: row.measured_at,
    monotonicMs: row.mono_ms,
    clockQuality: row.clock,
    bootId: row.boot_id,
    body: JSON.parse(row.body),
  } as DeviceRecord;
}
