import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ManualClock } from '@jostle/contracts';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { addOddTable, contentOf, fillStore } from '../testing/full-store.ts';
import { startPostgres } from '../testing/postgres.ts';
import { START_MS } from '../testing/records.ts';
import { describeWithServer } from '../testing/servers.ts';
import { onEachStore, openTemporaryStore } from '../testing/stores.ts';
import { Backups, type BackupsOptions } from './backups.ts';
import { LEFT_OUT } from './table-catalog.ts';

function backupsOf(store: Store, options: Partial<BackupsOptions> = {}): Backups {
  const log = pino({ level: 'silent' });
  const holdWriters = async () => async () => {};
  return new Backups({ store, clock: new ManualClock(START_MS), log, holdWriters, ...options });
}

const taken = async (store: Store) => buffer(await backupsOf(store).backup());
const given = (bytes: Uint8Array) => Readable.from([Buffer.from(bytes)]);
const linesOf = (bytes: Buffer) => bytes.toString().split('\n').slice(0, -1);
const bytesOf = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);

async function tableNames({ db, engine }: Store): Promise<string[]> {
  const query =
    engine === 'sqlite'
      ? sql<{
          name: string;
        }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
      : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`;
  return (await query.execute(db)).rows.map(({ name }) => name).sort();
}

onEachStore('backup', (open) => {
  const openFull = async () => {
    const store = await open();
    await fillStore(store);
    return store;
  };

  it('has every table of the store, but for the notes of the migrations and what is left out with a reason', async () => {
    const store = await openFull();
    const [head = ''] = linesOf(await taken(store));
    const named = JSON.parse(head).backup.tables.map(({ name }: { name: string }) => name);
    const notes = ['kysely_migration', 'kysely_migration_lock'];
    expect([...named, ...notes, ...Object.keys(LEFT_OUT)].sort()).toEqual(await tableNames(store));
    for (const [table, reason] of Object.entries(LEFT_OUT)) expect(reason, table).toMatch(/\w+ \w+/);
  });

  it('brings back every row of every table, whatever happened since', async () => {
    const store = await openFull();
    await addOddTable(store);
    const before = await contentOf(store);
    expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([
      ['finding', []],
      ['telemetry_climate', []],
    ]);
    const bytes = await taken(store);
    await store.db.deleteFrom('quarantine').execute();
    await store.db.deleteFrom('leg').execute();
    await store.db.insertInto('site').values({ id: 'NEW', name: 'New', kind: 'hub' }).execute();
    await sql`update odd set note = 'changed'`.execute(store.db);

    const report = await backupsOf(store).restore(given(bytes), true);
    expect(await contentOf(store)).toEqual(before);
    expect(report.createdAt).toBe(new Date(START_MS).toISOString());
    for (const { table, backup, after } of report.tables) {
      expect(after, table).toBe(before[table]?.length);
      expect(backup, table).toBe(after);
    }
    expect(report.tables.find(({ table }) => table === 'leg')).toMatchObject({ before: 0, backup: 2 });
  });

  it('goes on numbering rows where it was, also where the rows with the highest numbers are gone', async () => {
    const store = await openFull();
    const reject = { device_id: 'DEV-1', topic: '', received_at: 0, code: 'X', reason: '', raw: '' };
    const add = (digest: string) =>
      store.db
        .insertInto('quarantine')
        .values({ ...reject, digest, epoch: null, seq: null })
        .returning('id')
        .executeTakeFirstOrThrow();
    const { id: last } = await add('a');
    await store.db.deleteFrom('quarantine').execute();
    const bytes = await taken(store);
    await add('b');
    await backupsOf(store).restore(given(bytes), true);
    expect((await add('c')).id).toBeGreaterThan(last);
  });

  it('has the telemetry of the inbox written again, and leaves other cursors where they were', async () => {
    const store = await openFull();
    await store.db.insertInto('cursor').values({ name: 'telemetry', value: 5 }).execute();
    await backupsOf(store).restore(given(await taken(store)), true);
    expect(await store.db.selectFrom('cursor').selectAll().execute()).toEqual([
      { name: 'another', value: 3 },
    ]);
  });

  it('still refuses what the database itself has to refuse afterwards', async () => {
    const store = await openFull();
    await backupsOf(store).restore(given(await taken(store)), true);
    const orphan = { shipment: '000000000000000000', order_id: 'O-9', line: 1, quantity: 1 };
    await expect(store.db.insertInto('shipment_line').values(orphan).execute()).rejects.toThrow();
    const again = sql`insert into leg select 'L-9', shipment, mode, custodian, from_site, to_site, starts_at, ends_at from leg where id = 'L-2'`;
    await expect(again.execute(store.db)).rejects.toThrow(/LEDGER_LEG_OVERLAP/i);
  });

  it('fills an empty store without being told to replace, and a filled one only when it is', async () => {
    const store = await openFull();
    const bytes = await taken(store);
    const before = await contentOf(store);
    await expect(backupsOf(store).restore(given(bytes), false)).rejects.toMatchObject({
      code: 'BACKUP_STORE_NOT_EMPTY',
    });
    expect(await contentOf(store)).toEqual(before);
  });

  it('changes nothing and says why where the backup is damaged, unfinished or of another version', async () => {
    const store = await openFull();
    const before = await contentOf(store);
    const lines = linesOf(await taken(store));
    const [head = '', ...rest] = lines;
    const cases: [code: string, damaged: string[]][] = [
      ['BACKUP_INCOMPLETE', lines.slice(0, -3)],
      ['BACKUP_DAMAGED', lines.filter((line) => !line.includes('"L-2"'))],
      ['BACKUP_DAMAGED', lines.map((line) => line.replace('"Depot",', ''))],
      ['BACKUP_VERSION_DIFFERS', [head.replace('"name":"leg"', '"name":"legs"'), ...rest]],
      ['BACKUP_VERSION_DIFFERS', [head.replace('"columns":["id",', '"columns":["ID",'), ...rest]],
      ['BACKUP_VERSION_DIFFERS', [head.replace(/"schema":"[^"]+"/, '"schema":"001-ledger"'), ...rest]],
    ];
    for (const [code, damaged] of cases) {
      const restored = backupsOf(store).restore(given(bytesOf(damaged)), true);
      await expect(restored).rejects.toMatchObject({ code });
      expect(await contentOf(store)).toEqual(before);
    }
  });

  it('changes nothing where the backup stops arriving, or its connection breaks', async () => {
    const store = await openFull();
    const before = await contentOf(store);
    const bytes = await taken(store);
    const half = () => {
      const stream = new Readable({ read() {} });
      stream.push(bytes.subarray(0, bytes.length / 2));
      return stream;
    };
    const backups = backupsOf(store, { stallMs: 50 });
    await expect(backups.restore(half(), true)).rejects.toMatchObject({ code: 'BACKUP_STALLED' });
    expect(await contentOf(store)).toEqual(before);
    const broken = half();
    setImmediate(() => broken.destroy(new Error('the connection was reset')));
    await expect(backups.restore(broken, true)).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE' });
    expect(await contentOf(store)).toEqual(before);
  });

  it('holds whatever writes while a restore runs, and lets it go whatever comes of it', async () => {
    const store = await openFull();
    const bytes = await taken(store);
    const held: string[] = [];
    const holdWriters = async () => {
      held.push('held');
      return async () => {
        held.push('let go');
      };
    };
    const backups = backupsOf(store, { holdWriters });
    await backups.restore(given(bytes), true);
    await expect(backups.restore(given(bytes.subarray(0, -5)), true)).rejects.toThrow();
    expect(held).toEqual(['held', 'let go', 'held', 'let go']);
  });

  it('is done where its rows are in, although what was held does not go on cleanly', async () => {
    const store = await openFull();
    const bytes = await taken(store);
    const holdWriters = async () => () => Promise.reject(new Error('no presence'));
    const report = await backupsOf(store, { holdWriters }).restore(given(bytes), true);
    expect(report.tables.length).toBeGreaterThan(10);
  });

  it('is of one moment, although rows come and go while it is read', async () => {
    const store = await openFull();
    const before = await contentOf(store);
    const stream = await backupsOf(store).backup();
    await store.db.deleteFrom('hand_off').execute();
    await store.db.updateTable('device').set({ name: 'Renamed' }).execute();
    const bytes = await buffer(stream);
    await backupsOf(store).restore(given(bytes), true);
    expect(await contentOf(store)).toEqual(before);
  });

  it('runs once at a time, and can be broken off by its reader or by the end of the service', async () => {
    const store = await openFull();
    const backups = backupsOf(store);
    const stream = await backups.backup();
    await expect(backups.backup()).rejects.toMatchObject({ code: 'BACKUP_BUSY' });
    await expect(backups.restore(given(Buffer.alloc(0)), true)).rejects.toMatchObject({
      code: 'BACKUP_BUSY',
    });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    await closed;
    await backups.backup();
    await backups.stop();
    expect((await buffer(await backups.backup())).length).toBeGreaterThan(1000);
  });
});

describeWithServer('postgres', 'a backup', () => {
  it('moves a store from SQLite to PostgreSQL and back', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const [here, elsewhere] = [await openTemporaryStore(), await openTemporaryStore()];
    const there = await openStore({ databaseUrl: await server.createDatabase() });
    onTestFinished(async () => {
      await Promise.all([here.close(), elsewhere.close(), there.close()]);
    });
    await fillStore(here.store);
    for (const store of [here.store, there, elsewhere.store]) await addOddTable(store);
    await sql`delete from odd`.execute(there.db);
    await sql`delete from odd`.execute(elsewhere.store.db);
    const content = await contentOf(here.store);

    await backupsOf(there).restore(given(await taken(here.store)), false);
    expect(await contentOf(there)).toEqual(content);
    await backupsOf(elsewhere.store).restore(given(await taken(there)), false);
    expect(await contentOf(elsewhere.store)).toEqual(content);
  });

  it('is refused whole where PostgreSQL cannot hold a text of it', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const here = await openTemporaryStore();
    const there = await openStore({ databaseUrl: await server.createDatabase() });
    onTestFinished(async () => {
      await Promise.all([here.close(), there.close()]);
    });
    await here.store.db.insertInto('site').values({ id: 'A', name: 'nul \0', kind: 'hub' }).execute();
    await expect(backupsOf(there).restore(given(await taken(here.store)), false)).rejects.toMatchObject({
      code: 'BACKUP_REFUSED',
    });
    expect((await contentOf(there))['site']).toEqual([]);
  });
});
