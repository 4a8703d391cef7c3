import { sql } from 'kysely';
import { catalogOf } from '../backup/table-catalog.ts';
import { Inbox } from '../inbox/inbox.ts';
import { buildServer } from '../rest/server.ts';
import { serverDeps } from '../rest/server-fixture.ts';
import { enterStory } from '../rest/story-fixture.ts';
import type { Store } from '../store/store.ts';
import { readPayload, submissionOf } from './messages.ts';
import { EPOCH, makeRecord, START_MS } from './records.ts';

/** Enters orders, a pallet with a parcel, and records of every kind; each kind of table has rows afterwards. */
export async function fillStore(store: Store): Promise<void> {
  const app = await buildServer(serverDeps(store));
  await enterStory(app);
  await app.close();
  const kinds = [
    'climate',
    'shock',
    'excursion',
    'coverage',
    'fault',
    'tombstone',
    'tilt',
    'anchor',
  ] as const;
  const records = kinds.map((kind, i) => makeRecord(i + 3, kind));
  await new Inbox(store).commit([submissionOf(records), readPayload('{"v":1,"nonsense":"ä\\u0000"}')]);
  await fillRest(store);
}

/** What comes only when something went wrong, or later. */
async function fillRest({ db }: Store): Promise<void> {
  const of = { device_id: 'DEV-1', epoch: EPOCH };
  await db.insertInto('cursor').values({ name: 'another', value: 3 }).execute();
  await db
    .insertInto('dead')
    .values({ ...of, from_seq: 11, to_seq: 12 })
    .execute();
  await db
    .insertInto('boot_move')
    .values({ ...of, boot_id: EPOCH, line_before: '{}' })
    .execute();
  await db
    .insertInto('chain_range')
    .values({ ...of, from_seq: 3, to_seq: 10, link_before: 'before', link_after: 'after' })
    .execute();
  await db
    .insertInto('alert')
    .values({ ...of, kind: 'lost', from_seq: 1, to_seq: 2, records: 2, raised_at: START_MS, detail: 'gone' })
    .execute();
  await db
    .insertInto('reconciliation')
    .values({ id: 'r', requested_at: START_MS, report: '{}', ended_at: null })
    .execute();
}

/** Adds a table that no migration knows, with what is hardest to carry. */
export async function addOddTable({ db, engine }: Store): Promise<void> {
  const bytes = engine === 'sqlite' ? 'blob' : 'bytea';
  const without = engine === 'sqlite' ? 'without rowid' : '';
  await sql
    .raw(
      `create table odd (part text, number bigint, measured double precision, raw ${bytes}, note text, primary key (part, number)) ${without}`,
    )
    .execute(db);
  const rows: [string, number, number, Buffer | null, string | null][] = [
    ['a', Number.MAX_SAFE_INTEGER, 0.1 + 0.2, Buffer.from([0, 10, 255]), 'line\nbreak "quoted" \u2028'],
    ['a', -1, Number.MIN_VALUE, Buffer.alloc(0), ''],
    ['ä', 0, -1.7976931348623157e308, null, null],
  ];
  for (const [part, number, measured, raw, note] of rows)
    await sql`insert into odd values (${part}, ${number}, ${measured}, ${raw}, ${note})`.execute(db);
}

/** Every row of every table that belongs into a backup, by table, in an order that does not depend on the engine. */
export async function contentOf({ db, engine }: Store): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const { name, columns } of await catalogOf(db, engine)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    const texts = rows.map((row) =>
      JSON.stringify([...columns].sort().map((column) => [column, plain(row[column])])),
    );
    content[name] = texts.sort();
  }
  return content;
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
