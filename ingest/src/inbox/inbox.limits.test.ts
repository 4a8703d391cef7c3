import { expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { type LockLimits, lockInbox } from '../store/writer-lock.ts';
import { submissionOf } from '../testing/messages.ts';
import { startPostgres } from '../testing/postgres.ts';
import { makeRecord } from '../testing/records.ts';
import { describeWithServer } from '../testing/servers.ts';
import { storedRecords } from '../testing/stored-records.ts';
import { Inbox } from './inbox.ts';

/** Code of PostgreSQL for a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

async function openOnServer(): Promise<Store> {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const store = await openStore({ databaseUrl: await server.createDatabase() });
  onTestFinished(store.close);
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  return store;
}

/** Another worker's transaction that has the lock, and says nothing more. */
async function holdLock({ db }: Store, limits?: LockLimits) {
  const holder = await db.startTransaction().execute();
  await lockInbox(holder, 'postgres', limits);
  return holder;
}

describeWithServer('postgres', 'inbox that another worker has locked', () => {
  it('fails its commit in time, and takes it once the lock is free', async () => {
    const store = await openOnServer();
    const inbox = new Inbox(store, { waitMs: 100, idleMs: 10_000 });
    const holder = await holdLock(store);
    const batch = [submissionOf([makeRecord(1, 'climate')])];
    await expect(inbox.commit(batch)).rejects.toMatchObject({ code: LOCK_NOT_AVAILABLE });
    await holder.rollback().execute();
    expect(await inbox.commit(batch)).toMatchObject({ stored: 1 });
    expect(await storedRecords(store)).toHaveLength(1);
  });

  it('is freed by the server from a worker that stands still', async () => {
    const store = await openOnServer();
    const inbox = new Inbox(store);
    const holder = await holdLock(store, { waitMs: 10_000, idleMs: 100 });
    expect(await inbox.commit([submissionOf([makeRecord(1, 'climate')])])).toMatchObject({ stored: 1 });
    const late = holder.insertInto('cursor').values({ name: 'late', value: 1 }).execute();
    await expect(late).rejects.toThrow();
    await holder
      .rollback()
      .execute()
      .catch(() => {});
    expect(await store.db.selectFrom('cursor').select('name').where('name', '=', 'late').execute()).toEqual(
      [],
    );
  });
});
