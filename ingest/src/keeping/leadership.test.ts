import { ManualClock } from '@jostle/contracts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { type PostgresServer, startPostgres } from '../testing/postgres.ts';
import { START_MS } from '../testing/records.ts';
import { describeWithServer } from '../testing/servers.ts';
import { onEachStore } from '../testing/stores.ts';
import { Leadership } from './leadership.ts';

const RENEW_MS = 1000;

let ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.reverse()) await end();
  ending = [];
});

/** One that looks at the lease when it is told to. */
function startOne(store: Store, holder: string) {
  const clock = new ManualClock(START_MS);
  const led = { starts: 0, stops: 0 };
  let wake = () => {};
  let fallAsleep = () => {};
  const asleep = () =>
    new Promise<void>((resolve) => {
      fallAsleep = resolve;
    });
  const first = asleep();
  const leadership = new Leadership({
    store,
    holder,
    clock,
    log: pino({ level: 'silent' }),
    lead: () => {
      led.starts += 1;
      return {
        stop: async () => {
          led.stops += 1;
        },
      };
    },
    pause: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (ms !== RENEW_MS) return;
        wake = resolve;
        fallAsleep();
      }),
  });
  ending.push(() => leadership.stop());
  return {
    leadership,
    led,
    clock,
    first,
    look: async () => {
      const next = asleep();
      wake();
      await next;
    },
  };
}

onEachStore('leadership', (open) => {
  it('starts what it leads, and stops it at the end', async () => {
    const store = await open();
    const { leadership, led, first } = startOne(store, 'a');
    if (store.engine === 'postgres') await first;
    await expect.poll(() => leadership.isLeader).toBe(true);
    await leadership.stop();
    expect(led).toEqual({ starts: 1, stops: 1 });
    expect(await store.db.selectFrom('lease').selectAll().execute()).toEqual([]);
  });
});

describeWithServer('postgres', 'leadership of several processes', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  const openDatabase = async () => {
    const store = await openStore({ databaseUrl: await server.createDatabase() });
    ending.push(() => store.close());
    return store;
  };

  it('has one leader among several, and another one once its lease is over', async () => {
    const store = await openDatabase();
    const a = startOne(store, 'a');
    await a.first;
    const b = startOne(store, 'b');
    await b.first;
    await b.look();
    expect([a.leadership.isLeader, b.leadership.isLeader]).toEqual([true, false]);
    await a.look();
    expect(a.led).toEqual({ starts: 1, stops: 0 });
    // The first one does not come back in time.
    await store.db.updateTable('lease').set({ expires_at: 0 }).execute();
    await b.look();
    expect(b.leadership.isLeader).toBe(true);
    await a.look();
    expect(a.led).toEqual({ starts: 1, stops: 1 });
    await b.leadership.stop();
    await a.look();
    expect(a.led).toEqual({ starts: 2, stops: 1 });
  });

  it('stops leading when the database was away for longer than the lease', async () => {
    const store = await openDatabase();
    const a = startOne(store, 'a');
    await a.first;
    await store.db.schema.alterTable('lease').renameTo('lease_away').execute();
    await a.look();
    expect(a.leadership.isLeader).toBe(true);
    a.clock.advance(5000);
    await a.look();
    expect(a.led).toEqual({ starts: 1, stops: 1 });
    await store.db.schema.alterTable('lease_away').renameTo('lease').execute();
    await a.look();
    expect(a.led).toEqual({ starts: 2, stops: 1 });
  });
});
