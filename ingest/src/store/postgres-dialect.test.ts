import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { startPostgres } from '../testing/postgres.ts';
import { describeWithServer } from '../testing/servers.ts';
import { openStore } from './store.ts';

describeWithServer('postgres', 'a connection to PostgreSQL that breaks', () => {
  it('fails the transaction that uses it, and neither the process nor the one that follows', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const { db, close } = await openStore({ databaseUrl: await server.createDatabase() });
    onTestFinished(close);
    const failing = db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db);
      await sql`select 1`.execute(trx);
    });
    await expect(failing).rejects.toThrow();
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });
});
