import type { DeviceRecord } from '@jostle/contracts';
import { expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { startPostgres } from '../testing/postgres.ts';
import { EPOCH, makeRecord, OTHER_EPOCH } from '../testing/records.ts';
import { describeWithServer } from '../testing/servers.ts';
import { storedRecords } from '../testing/stored-records.ts';
import { Inbox } from './inbox.ts';
import type { Submission } from './submission.ts';

/** Two workers of one database, each with its own connections, as two ingest processes have them. */

const DEVICES = ['DEV-1', 'DEV-2', 'DEV-3'];
const RECORDS = 120;
const MESSAGE = 6;

async function openWorkers(count: number): Promise<Store[]> {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const databaseUrl = await server.createDatabase();
  const stores: Store[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
  });
  for (let i = 0; i < count; i++) stores.push(await openStore({ databaseUrl }));
  await stores[0]?.db
    .insertInto('device')
    .values(DEVICES.map((id) => ({ id, name: id })))
    .execute();
  return stores;
}

/** Every message of every device, each of them twice and cut in two ways, in an order that mixes all. */
function deliveries(): Submission[] {
  const records: DeviceRecord[] = Array.from({ length: RECORDS }, (_, i) =>
    makeRecord(i + 1, i % 7 === 3 ? 'shock' : 'climate'),
  );
  const cut = (from: number) =>
    Array.from({ length: RECORDS / MESSAGE }, (_, i) =>
      records.slice(Math.max(0, i * MESSAGE - from), (i + 1) * MESSAGE - from),
    );
  const messages = [...cut(0), ...cut(3), records.slice(-3)];
  return DEVICES.flatMap((deviceId) =>
    [EPOCH, OTHER_EPOCH].flatMap((epoch) => messages.map((run) => submissionOf(run, { deviceId, epoch }))),
  )
    .map((submission, i) => ({ submission, rank: (i * 7919) % 1009 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ submission }) => submission);
}

describeWithServer('postgres', 'inbox of several workers', () => {
  it('stores every record once and merges the ranges right when they commit the same records at the same time', async () => {
    const stores = await openWorkers(2);
    const all = deliveries();
    const expected = DEVICES.length * 2 * RECORDS;
    const work = stores.map(async (store, worker) => {
      const inbox = new Inbox(store);
      const order = worker === 0 ? all : all.toReversed();
      let stored = 0;
      for (let i = 0; i < order.length; i += 9) {
        const report = await inbox.commit(order.slice(i, i + 9));
        expect(report.conflicts).toBe(0);
        stored += report.stored;
      }
      return stored;
    });
    const [first] = stores;
    if (first === undefined) throw new Error('two workers');
    const seen = watchIds(first);
    const stored = await Promise.all(work);
    expect(stored.reduce((sum, count) => sum + count, 0)).toBe(expected);
    expect(Math.min(...stored)).toBeGreaterThan(0);
    const identities = (await storedRecords(first)).map(
      ({ deviceId, epoch, seq }) => `${deviceId}/${epoch}/${seq}`,
    );
    expect(identities).toHaveLength(expected);
    expect(new Set(identities).size).toBe(expected);
    const ranges = await first.db.selectFrom('received').select(['from_seq', 'to_seq']).execute();
    expect(ranges).toEqual(
      Array.from({ length: DEVICES.length * 2 }, () => ({ from_seq: 1, to_seq: RECORDS })),
    );
    expect(await first.db.selectFrom('shock_event').select('id').execute()).toHaveLength(
      DEVICES.length * 2 * Math.ceil((RECORDS - 3) / 7),
    );
    await seen.end();
  });
});

/** Looks at the inbox again and again as the telemetry writer does: what it has gone past must be all there is. */
function watchIds({ db }: Store): { end(): Promise<void> } {
  const state = { isEnding: false };
  const passed: number[] = [];
  const loop = (async () => {
    while (!state.isEnding) {
      const rows = await db
        .selectFrom('inbox')
        .select('id')
        .where('id', '>', passed.at(-1) ?? 0)
        .orderBy('id')
        .execute();
      passed.push(...rows.map(({ id }) => id));
    }
  })();
  return {
    end: async () => {
      state.isEnding = true;
      await loop;
      const rows = await db.selectFrom('inbox').select('id').orderBy('id').execute();
      const last = passed.at(-1) ?? 0;
      expect(rows.map(({ id }) => id).filter((id) => id <= last)).toEqual(passed);
    },
  };
}
