import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { commitAround, Inbox, openStore, readMessage, storedRecords } from '@jostle/ingest/testing';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { compare, type GeneratedRecord, generatedOf } from '../support/account.ts';
import { START_MS } from '../support/drafts.ts';
import { keptHeapMb } from '../support/heap.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { type Ledger, PayloadLedger } from './payload-ledger.ts';
import { badPayload, goodMessage, type Payload } from './payloads.ts';

/** Of the payloads that are read, one in so many also goes into an inbox. */
const COMMITTED_SHARE = 5;
const BATCH = 500;
const BAD_DEVICES = 12;
const HEAP_GROWTH_MB = 32;

export const fuzzPayloads: Drill = {
  name: 'fuzz-payloads',
  about: 'Random and mutated payloads at the validation, a fifth of them on into an inbox among good ones.',
  parts: 'validation and inbox of ingest alone',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const payloads = isLong ? 1_000_000 : 100_000;
  const read = readAll(payloads, random);
  progress(`${payloads} payloads were read`);
  const { ledger, result } = await commitShare(payloads / COMMITTED_SHARE, random, folder);
  progress(`${ledger.stored} records are stored, ${ledger.quarantined} payloads lie in quarantine`);
  return { ...result, absorbed: ledger.duplicates, others: figures(read, payloads, ledger) };
}

interface Reading {
  payloads: number;
  crashes: number;
  growthMb: number;
}

/** Only reads them: nothing of them may be kept. */
function readAll(payloads: number, random: SeededRandom): Reading {
  const epoch = randomUUID();
  let crashes = 0;
  let count = 0;
  let heapBefore = keptHeapMb();
  for (let n = 0; n < payloads; n++) {
    // By then everything is compiled.
    if (n === Math.floor(payloads / 10)) heapBefore = keptHeapMb();
    count += 1;
    try {
      readMessage({ ...badPayload(goodMessage(n, 'BAD-1', epoch, random), random), receivedAt: START_MS });
    } catch {
      crashes += 1;
    }
  }
  return { payloads: count, crashes, growthMb: keptHeapMb() - heapBefore };
}

async function commitShare(payloads: number, random: SeededRandom, folder: string) {
  const store = await openStore({ dataDir: join(folder, 'ingest') });
  try {
    const devices = ['GOOD-1', ...Array.from({ length: BAD_DEVICES }, (_, i) => `BAD-${i + 1}`)];
    for (const id of devices) await store.db.insertInto('device').values({ id, name: id }).execute();
    const inbox = new Inbox(store);
    const ledger = new PayloadLedger();
    const generated: GeneratedRecord[] = [];
    for (let n = 0; n < payloads; ) {
      const batch: Payload[] = [];
      // Of their own in each batch: the gaps between what can be read would otherwise become a drill in themselves.
      const [goodEpoch, badEpoch] = [randomUUID(), randomUUID()];
      for (; batch.length < BATCH && n < payloads; n++) {
        if (random.chance(0.1)) {
          const good = goodMessage(n, 'GOOD-1', goodEpoch, random);
          generated.push(...generatedOf('GOOD-1', goodEpoch, good.records));
          batch.push(good);
        }
        batch.push(badPayload(goodMessage(n, `BAD-${1 + (n % BAD_DEVICES)}`, badEpoch, random), random));
      }
      const submissions = batch.flatMap((payload) => readMessage({ ...payload, receivedAt: START_MS }) ?? []);
      ledger.note(submissions, await commitAround(inbox, submissions));
    }
    const account = compare(generated, (await storedRecords(store)).filter(isGood), []);
    return { ledger: await ledger.settled(store), result: account };
  } finally {
    await store.close();
  }
}

function isGood({ deviceId }: { deviceId: string }): boolean {
  return deviceId === 'GOOD-1';
}

function figures(read: Reading, planned: number, ledger: Ledger) {
  const none = { atMost: 0 };
  return [
    figure('fuzz-payloads.payloads', read.payloads, 'payloads', 'Read by the validation.', {
      atLeast: planned,
    }),
    figure('fuzz-payloads.crashes', read.crashes, 'payloads', 'At which the validation threw.', none),
    figure(
      'fuzz-payloads.heap-growth',
      read.growthMb,
      'MiB',
      'What the heap kept more after the last payload than after a tenth.',
      {
        atMost: HEAP_GROWTH_MB,
      },
    ),
    figure(
      'fuzz-payloads.stored',
      ledger.stored,
      'records',
      'Sound enough in spite of the mutation, and stored.',
    ),
    figure('fuzz-payloads.quarantined', ledger.quarantined, 'rows', 'In the quarantine, each with a code.', {
      atLeast: 1,
    }),
    figure(
      'fuzz-payloads.uncounted',
      ledger.uncounted,
      'payloads',
      'Of the committed ones, neither stored nor in quarantine.',
      none,
    ),
  ];
}
