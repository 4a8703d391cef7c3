import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type PostgresServer, startPostgres } from '../testing/postgres.ts';
import { describeWithServer } from '../testing/servers.ts';
import { postgresSession } from './postgres-dialect.ts';
import { openStore, type Store } from './store.ts';

describeWithServer('postgres', 'a connection to PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const open = async (limitMs?: number) => {
    const store = await openStore({ databaseUrl: await server.createDatabase() }, limitMs);
    onTestFinished(store.close);
    return store;
  };
  const pidOf = async (db: Store['db']) =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid ?? 0;

  it('that breaks fails the transaction that uses it, and neither the process nor the one that follows', async () => {
    const { db } = await open();
    const failing = db.transaction().execute(async (trx) => {
      await sql`select pg_terminate_backend(${await pidOf(trx)})`.execute(db);
      await sql`select 1`.execute(trx);
    });
    await expect(failing).rejects.toThrow();
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('on which nobody answers is given up, and the next statement has another one', async () => {
    const { db } = await open(300);
    const failing = db.transaction().execute(async (trx) => {
      const pid = await pidOf(trx);
      process.kill(pid, 'SIGSTOP');
      onTestFinished(() => void process.kill(pid, 'SIGCONT'));
      await sql`select 1`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject({ code: 'INGEST_STORE_UNREACHABLE' });
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('has no limit where a statement may take as long as it likes', async () => {
    const { db, unhurried } = await open(100);
    await expect(sql`select pg_sleep(0.3)`.execute(db)).rejects.toMatchObject({
      code: 'INGEST_STORE_UNREACHABLE',
    });
    expect((await sql`select pg_sleep(0.3)`.execute(unhurried)).rows).toHaveLength(1);
  });

  it.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('waits at a commit for the disk where the database says %s', async (configured, used) => {
    const databaseUrl = await server.createDatabase();
    const name = databaseUrl.slice(databaseUrl.lastIndexOf('/') + 1);
    const admin = await postgresSession(databaseUrl);
    await admin
      .query(`alter database ${name} set synchronous_commit = ${configured}`)
      .finally(() => admin.end());
    const plain = await postgresSession(databaseUrl);
    onTestFinished(() => plain.end());
    const shown = [{ synchronous_commit: configured }];
    expect((await plain.query('show synchronous_commit')).rows).toEqual(shown);
    const { db, unhurried, close } = await openStore({ databaseUrl });
    onTestFinished(close);
    for (const way of [db, unhurried])
      expect((await sql`show synchronous_commit`.execute(way)).rows).toEqual([{ synchronous_commit: used }]);
  });
});
