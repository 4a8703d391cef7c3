import { chainAfter, chainStart, type DeviceRecord } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAccounts } from '../completeness/epoch-accounts.ts';
import { IN_FLIGHT_MS } from '../completeness/gap-rules.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { type ModelMessage, RecountModel } from '../testing/recount-model.ts';
import { onEachStore } from '../testing/stores.ts';
import type { RunSubmission } from './epoch-group.ts';
import { epochKey } from './epoch-group.ts';
import { Inbox } from './inbox.ts';

const SEQS = 60;

/** What an outbox ever holds; the spans of its tombstones overlap, and hold much that is sent. */
const RECORDS: readonly DeviceRecord[] = Array.from({ length: SEQS }, (_, i) => {
  const seq = i + 1;
  if (seq % 7 !== 0) return makeRecord(seq, 'climate');
  const fromSeq = 1 + ((seq * 11) % 50);
  return makeRecord(seq, 'tombstone', { fromSeq, toSeq: fromSeq + (seq % 23), reason: 'outbox-full' });
});

function linksOf(epoch: string): string[] {
  const links = [chainStart(epoch)];
  for (const record of RECORDS) links.push(chainAfter(links.at(-1) ?? '', record));
  return links;
}

const LINKS = new Map([EPOCH, OTHER_EPOCH].map((epoch) => [epoch, linksOf(epoch)]));

/** Of one of two outboxes of one of two devices. */
const message = fc.record({
  device: fc.nat(1),
  epoch: fc.constantFrom(EPOCH, EPOCH, EPOCH, OTHER_EPOCH),
  from: fc.integer({ min: 1, max: SEQS }),
  length: fc.constantFrom(1, 1, 1, 2, 5),
  bad: fc.option(fc.nat(4), { freq: 6, nil: null }),
  held: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: SEQS })),
  more: fc.nat(30),
  isLinked: fc.boolean(),
});

type Sent = typeof message extends fc.Arbitrary<infer T> ? T : never;

const delivery = fc.array(
  fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 8 }),
    isReplay: fc.nat(5).map((n) => n === 0),
    pauseMs: fc.constantFrom(0, 0, 0, IN_FLIGHT_MS),
  }),
  { minLength: 1, maxLength: 15 },
);

function messageOf(
  run: number,
  sent: Sent,
  receivedAt: number,
): ModelMessage & { submission: RunSubmission } {
  const { epoch, from, length, bad, held, more, isLinked } = sent;
  const deviceId = `DEV-${run}-${sent.device}`;
  const records = RECORDS.slice(from - 1, from - 1 + length);
  const outbox = { minSeq: held, maxSeq: Math.max(held, from + length - 1) + more };
  const chainBefore = isLinked ? (LINKS.get(epoch)?.[from - 1] ?? null) : null;
  const sentRecords = records.map((record, i) =>
    i === bad && record.kind === 'climate'
      ? ({ ...makeRecord(record.seq, 'fault'), body: {} } as DeviceRecord)
      : record,
  );
  const submission = submissionOf(sentRecords, { deviceId, epoch, outbox, chainBefore, receivedAt });
  if (submission.kind !== 'run') throw new TypeError('a message that cannot be read');
  const rejected = records.filter((record, i) => record !== sentRecords[i]).map(({ seq }) => seq);
  return { deviceId, epoch, records, rejected, outbox, chainBefore, submission };
}

async function contentOf({ db, engine }: Store, epochs: readonly { deviceId: string; epoch: string }[]) {
  const accounts = await db.transaction().execute((trx) => readAccounts(trx, engine, epochs));
  const devices = epochs.map(({ deviceId }) => deviceId);
  const rangesIn = async (table: 'received' | 'dead') =>
    (
      await db.selectFrom(table).selectAll().where('device_id', 'in', devices).orderBy('from_seq').execute()
    ).map((row) => ({
      key: epochKey({ deviceId: row.device_id, epoch: row.epoch }),
      range: [row.from_seq, row.to_seq],
    }));
  const chain = await db
    .selectFrom('chain_range')
    .selectAll()
    .where('device_id', 'in', devices)
    .orderBy('from_seq')
    .execute();
  const alerts = await db
    .selectFrom('alert')
    .select(['device_id', 'epoch', 'records'])
    .where('device_id', 'in', devices)
    .where('kind', '=', 'lost')
    .where('resolved_at', 'is', null)
    .execute();
  const [received, dead] = [await rangesIn('received'), await rangesIn('dead')];
  return epochs.map((epoch) => {
    const key = epochKey(epoch);
    const own = <T extends { device_id: string; epoch: string }>(rows: readonly T[]) =>
      rows.filter((row) => row.device_id === epoch.deviceId && row.epoch === epoch.epoch);
    return {
      account: accounts.get(key),
      received: received.filter((row) => row.key === key).map(({ range }) => range),
      dead: dead.filter((row) => row.key === key).map(({ range }) => range),
      chain: own(chain).map((row) => ({
        ...{ fromSeq: row.from_seq, toSeq: row.to_seq, before: row.link_before, after: row.link_after },
      })),
      lost: own(alerts).reduce((sum, { records }) => sum + records, 0),
    };
  });
}

onEachStore('a batch that reads only what it touches', (open) => {
  it('leaves the same accounts, ranges, chains and alerts, and gives the same receipts, as counting all anew', async () => {
    const store = await open();
    const inbox = new Inbox(store);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(delivery, async (batches) => {
        run += 1;
        const devices = [0, 1].map((n) => ({ id: `DEV-${run}-${n}`, name: 'One' }));
        await store.db.insertInto('device').values(devices).execute();
        const model = new RecountModel();
        let now = START_MS;
        for (const { messages, isReplay, pauseMs } of batches) {
          now += pauseMs;
          const batch = messages.slice(0, isReplay ? 1 : undefined).map((sent) => messageOf(run, sent, now));
          const submissions = batch.map(({ submission }) => submission);
          const [first] = submissions;
          const isReplayed = isReplay && first !== undefined && first.rejects.length === 0;
          const report = isReplayed ? await inbox.replay(first, 0) : await inbox.commit(submissions);
          const expected = model.commit(batch, now, isReplayed);
          expect(
            report.receipts.map(({ deviceId, receipt: { epoch, upTo, have } }) => ({
              deviceId,
              epoch,
              upTo,
              have,
            })),
          ).toEqual(expected);
        }
        expect(await contentOf(store, model.epochs())).toEqual(model.content());
      }),
      { numRuns: store.engine === 'sqlite' ? 60 : 15 },
    );
  });
});
