import { type DeviceRecord, recordHash } from '@jostle/contracts';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { placeRecord } from '../boot-time/placement.ts';
import type { Store } from '../store/store.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { storedRecords } from '../testing/stored-records.ts';
import { onEachStore } from '../testing/stores.ts';
import { runsMigration } from './runs-migration.ts';

/** A row as the inbox kept it while each record had its own. */
interface OldRow {
  deviceId: string;
  record: DeviceRecord;
  resolvedAt?: number | null;
  receivedAt?: number;
}

/** Puts the tables back as they were before the migration, with these records, in this order. */
async function putBack({ db, engine }: Store, rows: readonly OldRow[]): Promise<void> {
  const id =
    engine === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key';
  await sql`drop table inbox`.execute(db);
  await sql`drop table boot_move`.execute(db);
  await sql`drop table received`.execute(db);
  await sql`drop index boot_open`.execute(db);
  await sql`create table received (device_id text, epoch text, from_seq bigint, to_seq bigint,
    constraint received_pk primary key (device_id, epoch, from_seq, to_seq))`.execute(db);
  await sql`insert into received values ('DEV-1', 'e', 1, 2), ('DEV-1', 'e', 4, 9)`.execute(db);
  if (engine === 'postgres') await sql`drop function inbox_runs_apart`.execute(db);
  await sql
    .raw(
      `create table inbox (id ${id}, device_id text, epoch text, seq bigint, kind text, measured_at bigint,
        mono_ms bigint, boot_id text, clock text, received_at bigint, hash text, body text, resolved_at bigint,
        time_quality text, constraint inbox_identity unique (device_id, epoch, seq))`,
    )
    .execute(db);
  await sql.raw(`create table point_move (id ${id}, inbox_id bigint, from_ms bigint)`).execute(db);
  for (const { deviceId, record, resolvedAt = record.measuredAt, receivedAt = START_MS } of rows)
    await (db as unknown as Kysely<{ inbox: Record<string, unknown> }>)
      .insertInto('inbox')
      .values({
        device_id: deviceId,
        epoch: EPOCH,
        seq: record.seq,
        kind: record.kind,
        measured_at: record.measuredAt,
        mono_ms: record.monotonicMs,
        boot_id: record.bootId,
        clock: record.clockQuality,
        received_at: receivedAt,
        hash: recordHash(record),
        body: JSON.stringify(record.body),
        resolved_at: resolvedAt,
        time_quality: resolvedAt === null ? 'bounded' : 'measured',
      })
      .execute();
}

const runsOf = ({ db }: Store) =>
  db
    .selectFrom('inbox')
    .select(['device_id', 'from_seq', 'to_seq', 'records', 'first_at', 'last_at'])
    .orderBy('id')
    .execute();

onEachStore('migration to runs', (open) => {
  const migrate = ({ db, engine }: Store) =>
    db.transaction().execute((trx) => runsMigration.up(trx as unknown as Kysely<unknown>, engine));

  it('keeps every record with its content, joined where they follow each other', async () => {
    const store = await open();
    const kinds = ['climate', 'shock', 'climate', 'tilt', 'fault', 'anchor', 'climate'] as const;
    const records = kinds.map((kind, i) => makeRecord(i + 1, kind));
    const [, , , , , , last] = records;
    if (last === undefined) throw new Error('seven kinds');
    const old: OldRow[] = [
      ...records.slice(0, 3).map((record) => ({ deviceId: 'DEV-1', record })),
      { deviceId: 'DEV-2', record: makeRecord(4, 'climate') },
      { deviceId: 'DEV-1', record: { ...last, bootId: 'ffffffff-6a5b-4c3d-8e2f-1a0b9c8d7e6f' } },
      ...records.slice(4, 6).map((record) => ({ deviceId: 'DEV-1', record, resolvedAt: null })),
    ];
    await putBack(store, old);
    await migrate(store);
    const identity = ({ deviceId, seq }: { deviceId: string; seq: number }) => `${deviceId}:${seq}`;
    const stored = await storedRecords(store);
    expect(stored.sort((a, b) => identity(a).localeCompare(identity(b)))).toEqual(
      old
        .map(({ deviceId, record }) => ({
          deviceId,
          epoch: EPOCH,
          seq: record.seq,
          kind: record.kind,
          hash: recordHash(record),
        }))
        .sort((a, b) => identity(a).localeCompare(identity(b))),
    );
    expect(await store.db.selectFrom('received').selectAll().orderBy('from_seq').execute()).toEqual([
      { device_id: 'DEV-1', epoch: 'e', from_seq: 1, to_seq: 2 },
      { device_id: 'DEV-1', epoch: 'e', from_seq: 4, to_seq: 9 },
    ]);
    const ends = { device_id: 'DEV-1' };
    expect(await runsOf(store)).toEqual([
      { ...ends, from_seq: 1, to_seq: 3, records: 3, first_at: START_MS + 1000, last_at: START_MS + 3000 },
      { ...ends, from_seq: 5, to_seq: 6, records: 2, first_at: null, last_at: null },
      { ...ends, from_seq: 7, to_seq: 7, records: 1, first_at: START_MS + 7000, last_at: START_MS + 7000 },
      {
        device_id: 'DEV-2',
        ...{ from_seq: 4, to_seq: 4, records: 1, first_at: START_MS + 4000, last_at: START_MS + 4000 },
      },
    ]);
  });

  it('converts more records than it reads at a time', async () => {
    const store = await open();
    const count = 4100;
    await putBack(store, []);
    const body = JSON.stringify(makeRecord(1, 'climate').body);
    await sql`insert into inbox (device_id, epoch, seq, kind, measured_at, mono_ms, boot_id, clock, received_at,
      hash, body, resolved_at, time_quality)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)})
      select 'DEV-1', ${sql.lit(EPOCH)}, i, 'climate', i, i, 'b', 'ntp', 0, '', ${sql.lit(body)}, i, 'measured'
      from n`.execute(store.db);
    await migrate(store);
    const seqs = (await storedRecords(store)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect((await runsOf(store)).length).toBeLessThan(20);
  });

  it('divides what the telemetry store has from what it has not by one cursor, as before', async () => {
    const store = await open();
    await putBack(
      store,
      [1, 3, 2, 4].map((seq) => ({ deviceId: 'DEV-1', record: makeRecord(seq, 'climate') })),
    );
    await store.db.insertInto('cursor').values({ name: 'telemetry', value: 2 }).execute();
    await migrate(store);
    const { value } = await store.db.selectFrom('cursor').select('value').executeTakeFirstOrThrow();
    const ahead = await store.db.selectFrom('inbox').select('from_seq').where('id', '>', value).execute();
    expect(ahead.map((run) => run.from_seq).sort()).toEqual([2, 4]);
  });

  it('keeps where points lie that are still to be moved', async () => {
    const store = await open();
    const at = (seq: number) => ({ ...makeRecord(seq, 'climate'), clockQuality: 'none' }) as DeviceRecord;
    const records = [1, 2, 3, 4].map(at);
    await putBack(
      store,
      records.map((record) => ({ deviceId: 'DEV-1', record })),
    );
    const points = [START_MS + 50_000, START_MS + 51_000, START_MS + 99_000, null];
    for (const [i, from] of [...points, START_MS].entries())
      await sql`insert into point_move (inbox_id, from_ms) values (${(i % 4) + 1}, ${from})`.execute(
        store.db,
      );
    await migrate(store);
    const moves = await store.db.selectFrom('boot_move').selectAll().orderBy('id').execute();
    expect(moves.map(({ device_id, epoch, boot_id }) => ({ device_id, epoch, boot_id }))).toEqual(
      Array.from({ length: 2 }, () => ({ device_id: 'DEV-1', epoch: EPOCH, boot_id: at(1).bootId })),
    );
    const [unplaced, line] = moves.map((move) => JSON.parse(move.line_before));
    expect(records.map((record) => placeRecord(record, unplaced)?.at)).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(records.slice(0, 3).map((record) => placeRecord(record, line)?.at)).toEqual(points.slice(0, 3));
  });

  it('refuses runs of one epoch that overlap, in the database itself', async () => {
    const { db } = await open();
    const insert = (from: number, to: number, deviceId = 'DEV-1') =>
      db
        .insertInto('inbox')
        .values({
          ...{ device_id: deviceId, epoch: EPOCH, from_seq: from, to_seq: to, records: to - from + 1 },
          ...{ boot_id: 'b', clock: 'ntp', received_at: 0, first_at: null, last_at: null, message: '{}' },
        })
        .execute();
    await insert(10, 20);
    await insert(30, 40);
    for (const [from, to] of [
      [20, 25],
      [5, 10],
      [12, 13],
      [1, 50],
      [10, 20],
      [35, 60],
    ] as const)
      await expect(insert(from, to), `${from}-${to}`).rejects.toThrow();
    await insert(21, 29);
    await insert(10, 20, 'DEV-2');
    expect((await db.selectFrom('inbox').select('id').execute()).length).toBe(4);
  });
});
