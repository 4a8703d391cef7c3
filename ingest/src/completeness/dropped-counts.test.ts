import type { DeviceRecord } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { expireRuns } from '../keeping/retention.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { noteReception } from './note-reception.ts';
import type { ReceptionFacts } from './reception-facts.ts';

type Stone = Extract<DeviceRecord, { kind: 'tombstone' }>;

const stone = (seq: number, fromSeq: number, toSeq: number) =>
  makeRecord(seq, 'tombstone', { fromSeq, toSeq, reason: 'outbox-full' }) as Stone;

const droppedOf = async ({ db }: Store) =>
  Object.fromEntries(
    (await db.selectFrom('reception_epoch').select(['device_id', 'dropped']).execute()).map((row) => [
      row.device_id,
      row.dropped,
    ]),
  );

/** What one outbox ever sends: records, some of which say that a span was dropped, in batches in any order. */
const SEQS = 30;
const sending = fc
  .record({
    stones: fc.dictionary(
      fc.integer({ min: 2, max: SEQS }).map(String),
      fc.tuple(fc.integer({ min: 1, max: SEQS }), fc.integer({ min: 0, max: 12 })),
      { maxKeys: 8 },
    ),
    order: fc.shuffledSubarray(
      Array.from({ length: SEQS }, (_, i) => i + 1),
      { minLength: 1 },
    ),
    batches: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 10 }),
  })
  .map(({ stones, order, batches }) => {
    const records = order.map((seq) => {
      const span = stones[seq];
      return span === undefined ? makeRecord(seq, 'climate') : stone(seq, span[0], span[0] + span[1]);
    });
    return batches.map((size) => records.splice(0, size));
  });

function modelOf(received: readonly DeviceRecord[]): number {
  const dropped = new Set<number>();
  for (const record of received)
    if (record.kind === 'tombstone')
      for (let seq = record.body.fromSeq; seq <= record.body.toSeq; seq++) dropped.add(seq);
  for (const { seq } of received) dropped.delete(seq);
  return dropped.size;
}

onEachStore('the count of what was dropped', (open) => {
  it('is the number of seqs in any tombstone that never came, whatever the order of arrival', async () => {
    const store = await open();
    const inbox = new Inbox(store);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sending, sending, async (first, second) => {
        run += 1;
        const devices = [first, second].map((batches, i) => ({ id: `DEV-${run}-${i}`, batches }));
        await store.db
          .insertInto('device')
          .values(devices.map(({ id }) => ({ id, name: id })))
          .execute();
        const received = devices.map((): DeviceRecord[] => []);
        for (let step = 0; step < Math.max(first.length, second.length); step++) {
          await inbox.commit(
            devices.flatMap(({ id, batches }, i) => {
              received[i]?.push(...(batches[step] ?? []));
              return (batches[step] ?? []).map((record) => submissionOf([record], { deviceId: id }));
            }),
          );
          const dropped = await droppedOf(store);
          expect(devices.map(({ id }) => dropped[id] ?? 0)).toEqual(
            received.map((records) => modelOf(records)),
          );
        }
      }),
      { numRuns: store.engine === 'sqlite' ? 60 : 15 },
    );
  });

  it('stays right when records of a dropped span come after the inbox has let go of its tombstone', async () => {
    const store = await open();
    await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
    const inbox = new Inbox(store);
    await inbox.commit([submissionOf([stone(9, 2, 6)]), submissionOf([stone(10, 4, 8)])]);
    await inbox.commit([submissionOf([makeRecord(20, 'climate')], { receivedAt: START_MS + 10 })]);
    expect(await droppedOf(store)).toEqual({ 'DEV-1': 7 });
    await store.db.insertInto('cursor').values({ name: 'telemetry', value: 1000 }).execute();
    const going = new AbortController().signal;
    expect(await expireRuns(store.db, START_MS + 5, START_MS + 10, going)).toMatchObject({ records: 2 });
    await inbox.commit([submissionOf([makeRecord(5, 'climate')], { receivedAt: START_MS + 20 })]);
    expect(await droppedOf(store)).toEqual({ 'DEV-1': 6 });
  });

  it('costs a batch as many statements however many devices, and none where nothing was dropped', async () => {
    const store = await open();
    const statementsOf = (facts: readonly ReceptionFacts[]) =>
      store.db.transaction().execute(async (trx) => {
        let statements = 0;
        const counting = trx.withPlugin({
          transformQuery: ({ node }) => node,
          transformResult: async ({ result }) => {
            statements += 1;
            return result;
          },
        });
        await noteReception(counting as typeof trx, store.engine, facts);
        return statements;
      });
    const factsOf = (device: number, record: DeviceRecord): ReceptionFacts => ({
      ...{ deviceId: `DEV-${device}`, epoch: EPOCH, receivedAt: START_MS },
      ...{ reports: [{ minSeq: 1, maxSeq: record.seq }], before: [[1, 1]], conflicts: [], runs: [] },
      after:
        record.seq === 2
          ? [[1, 2]]
          : [
              [1, 1],
              [record.seq, record.seq],
            ],
      fresh: [{ records: [record], placements: [{ quality: 'measured', at: record.measuredAt }] }],
      tombstones: record.kind === 'tombstone' ? [record as Stone] : [],
    });
    const devices = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
    const climate = (count: number, from: number) =>
      statementsOf(devices(count, from).map((n) => factsOf(n, makeRecord(2, 'climate'))));
    const dropping = (count: number, from: number) =>
      statementsOf(devices(count, from).map((n) => factsOf(n, stone(5, 3, 3))));
    const unknown = await climate(200, 1000);
    expect(await dropping(3, 1)).toBe(unknown + 3);
    expect(await dropping(200, 100)).toBe(unknown + 3);
    const known = await climate(200, 1000);
    expect(await climate(3, 1)).toBe(known + 1);
    expect(await climate(200, 100)).toBe(known + 1);
    expect(await statementsOf([{ ...factsOf(1, makeRecord(2, 'climate')), before: [[1, 2]] }])).toBe(known);
    expect(await droppedOf(store)).toMatchObject({ 'DEV-1': 1, 'DEV-150': 1, 'DEV-1000': 0 });
  });
});
