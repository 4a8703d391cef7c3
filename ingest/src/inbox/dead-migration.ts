import { addRange, missingFrom, type SeqRanges } from '@jostle/contracts';
import { type Kysely, sql } from 'kysely';
import type { AreaMigration } from '../store/engine.ts';

/** Rows that are looked at at a time; their messages have up to 64 kB each. */
const PAGE_ROWS = 100;

interface RefusedRow {
  id: number;
  device_id: string;
  epoch: string;
  seq: number;
  raw: string;
}

/** Keeps which sequence numbers were committed to the quarantine only, and finds those of before. */
export const deadMigration: AreaMigration = {
  async up(db) {
    await db.schema
      .createTable('dead')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('epoch', 'text', (c) => c.notNull())
      .addColumn('from_seq', 'bigint', (c) => c.notNull())
      .addColumn('to_seq', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('dead_pk', ['device_id', 'epoch', 'from_seq'])
      .execute();
    await fillDead(db);
  },
};

async function fillDead(db: Kysely<unknown>): Promise<void> {
  // Keyed by device and epoch.
  const dead = new Map<string, { of: RefusedRow; ranges: SeqRanges }>();
  for (let after = 0; ; ) {
    const { rows } = await sql<RefusedRow>`select id, device_id, epoch, seq, raw from quarantine
      where id > ${after} and epoch is not null and seq is not null
        and code in ('INGEST_RECORD_MALFORMED', 'INGEST_MESSAGE_MALFORMED')
      order by id limit ${PAGE_ROWS}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) {
      const key = `${row.device_id}/${row.epoch}`;
      const found = dead.get(key) ?? { of: row, ranges: [] };
      for (const [from, to] of await notStored(db, row)) found.ranges = addRange(found.ranges, from, to);
      dead.set(key, found);
    }
    after = last.id;
  }
  for (const { of, ranges } of dead.values())
    for (const [from, to] of ranges)
      await sql`insert into dead (device_id, epoch, from_seq, to_seq)
        values (${of.device_id}, ${of.epoch}, ${from}, ${to})`.execute(db);
}

/** Of what a row took with it, what the inbox does not have. */
async function notStored(db: Kysely<unknown>, row: RefusedRow): Promise<SeqRanges> {
  const end = row.seq + recordsIn(row.raw) - 1;
  const { rows } = await sql<{ from_seq: number; to_seq: number }>`select from_seq, to_seq from inbox
    where device_id = ${row.device_id} and epoch = ${row.epoch} and from_seq <= ${end} and to_seq >= ${row.seq}
    order by from_seq`.execute(db);
  return missingFrom(
    rows.map((run) => [run.from_seq, run.to_seq]),
    row.seq,
    end,
  );
}

function recordsIn(raw: string): number {
  try {
    const { at } = JSON.parse(Buffer.from(raw, 'base64').toString()) as { at?: unknown };
    return Array.isArray(at) ? Math.max(1, at.length) : 1;
  } catch {
    // Its end was cut off.
    return 1;
  }
}
