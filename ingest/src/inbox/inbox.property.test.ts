import type { DeviceRecord } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord, START_MS } from '../testing/records.ts';
import { storedRecords } from '../testing/stored-records.ts';
import { onEachStore } from '../testing/stores.ts';
import { Inbox } from './inbox.ts';

const TABLES = ['received', 'dropped', 'shock_event', 'excursion', 'coverage', 'sensor_fault'] as const;
const COUNT = 24;

/** A journey with everything in it: excursions that open and close, a drop, tombstones, gaps. */
const JOURNEY: DeviceRecord[] = Array.from({ length: COUNT }, (_, i) => {
  const seq = i + 1;
  if (seq % 8 === 3) return makeRecord(seq, 'excursion', { startedAt: START_MS + Math.floor(seq / 16) });
  if (seq % 8 === 6)
    return makeRecord(seq, 'excursion', {
      startedAt: START_MS + Math.floor(seq / 16),
      endedAt: START_MS + seq,
    });
  if (seq % 8 === 4) return makeRecord(seq, 'shock', { impactAt: START_MS + seq });
  if (seq % 8 === 5) return makeRecord(seq, 'coverage', { startsAt: START_MS + seq * 60_000 });
  if (seq === 7) return makeRecord(seq, 'tombstone', { fromSeq: 90, toSeq: 95 });
  return makeRecord(seq, seq % 8 === 1 ? 'fault' : 'climate');
});

async function contentOf(store: Store) {
  const { db } = store;
  const content: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const rows = await db
      .selectFrom(table as 'received')
      .selectAll()
      .execute();
    content[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  content['inbox'] = (await storedRecords(store)).sort((a, b) => a.seq - b.seq);
  content['state'] = await db.selectFrom('device_state').selectAll().execute();
  return content;
}

async function emptyTables({ db }: Store) {
  for (const table of [...TABLES, 'inbox', 'device_state'] as const) await db.deleteFrom(table).execute();
}

/** Slices of the journey, repeated and in any order, that together hold all of it; cut into batches. */
const deliveries = fc
  .record({
    slices: fc.array(fc.tuple(fc.nat(COUNT - 1), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
      maxLength: 12,
    }),
    wholes: fc.uniqueArray(fc.integer({ min: 1, max: COUNT - 1 }), { maxLength: 6 }),
    batch: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer(),
  })
  .map(({ slices, wholes, batch, seed }) => {
    const cuts = [0, ...wholes.sort((a, b) => a - b), COUNT];
    const complete = cuts.slice(1).map((to, i) => JOURNEY.slice(cuts[i], to));
    const extra = slices.map(([from, length]) => JOURNEY.slice(from, from + length));
    const messages = [...complete, ...extra]
      .map((records, i) => ({ records, rank: Math.sin(seed + i * 7919) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ records }) => records);
    return { messages, batch };
  });

onEachStore('inbox property', (open) => {
  it('reaches the same tables by any order, repetition and cut of the same records', async () => {
    const store = await open();
    await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
    const inbox = new Inbox(store);
    await inbox.commit([submissionOf(JOURNEY)]);
    const expected = await contentOf(store);
    expect(expected['inbox']).toHaveLength(COUNT);
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ messages, batch }) => {
        await emptyTables(store);
        let upTo = 0;
        for (let i = 0; i < messages.length; i += batch) {
          const report = await inbox.commit(
            messages.slice(i, i + batch).map((records) => submissionOf(records)),
          );
          upTo = report.receipts[0]?.receipt.upTo ?? upTo;
          expect(report.conflicts).toBe(0);
        }
        expect(upTo).toBe(COUNT);
        expect(await contentOf(store)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
