import { expect, it, onTestFinished, vi } from 'vitest';
import { startPostgres } from '../testing/postgres.ts';
import { describeWithServer } from '../testing/servers.ts';
import { postgresSession } from './postgres-dialect.ts';
import { joinWorkers } from './worker-roll.ts';

const nothing = async () => {};

describeWithServer('postgres', 'workers on one database', () => {
  const openRoll = async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await server.createDatabase();
    const join = async () => {
      const roll = await joinWorkers(url, nothing);
      onTestFinished(() => roll.leave());
      return roll;
    };
    return { join, url };
  };

  it('give it to one of them only when the others have left', async () => {
    const { join } = await openRoll();
    const [one, other] = [await join(), await join()];
    await expect(one.exclude()).rejects.toMatchObject({ code: 'BACKUP_WORKERS_RUNNING' });
    await one.admit();
    await other.leave();
    await one.exclude();
    await one.admit();
    await join();
    await expect(one.exclude()).rejects.toMatchObject({ code: 'BACKUP_WORKERS_RUNNING' });
  });

  it('wait for the one that has it', async () => {
    const { join, url } = await openRoll();
    const one = await join();
    await one.exclude();
    const steps: string[] = [];
    const joining = join().then(() => steps.push('joined'));
    const session = await postgresSession(url);
    onTestFinished(() => session.end());
    const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted`;
    await vi.waitUntil(async () => (await session.query(waiting)).rowCount === 1, { timeout: 20_000 });
    steps.push('admitted');
    await one.admit();
    await joining;
    expect(steps).toEqual(['admitted', 'joined']);
  });

  it('do not know who is there once the database was started again', async () => {
    const { join, url } = await openRoll();
    const one = await join();
    const session = await postgresSession(url);
    onTestFinished(() => session.end());
    await session.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    );
    await expect(one.exclude()).rejects.toMatchObject({
      code: 'BACKUP_WORKERS_RUNNING',
      message: expect.stringContaining('restart ingest'),
    });
  });
});

it('is alone on SQLite', async () => {
  const roll = await joinWorkers(undefined, nothing);
  await expect(roll.exclude()).resolves.toBeUndefined();
  await roll.admit();
  await roll.leave();
});
