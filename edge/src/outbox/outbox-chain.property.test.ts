import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addRange,
  chainAfter,
  chainStart,
  type DeviceRecord,
  type RecordDraft,
  type SeqRanges,
} from '@jostle/contracts';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

/** What happens to a real outbox, in any order: the chain in its messages always continues where the last record ended. */

const BOOT = '11111111-1111-4111-8111-111111111111';
const log = pino({ level: 'silent' });

/** Samples are thinned above this many records. */
const MAX_RECORDS = 80;

const time = { measuredAt: 1000, monotonicMs: 1000, clockQuality: 'ntp' } as const;
const DRAFTS = {
  climate: { ...time, kind: 'climate', body: { sensor: 't1', temperatureC: 21.5, ageMs: 12 } },
  other: { ...time, kind: 'climate', body: { sensor: 't2', temperatureC: -3, ageMs: 0 } },
  fault: { ...time, kind: 'fault', body: { sensor: 't1', isRaised: true, reason: 'stale', detail: '' } },
  refused: { ...time, measuredAt: 0.5, kind: 'climate', body: { sensor: 't1', temperatureC: 0, ageMs: 0 } },
} satisfies Record<string, RecordDraft>;

const kind = fc.oneof(
  { arbitrary: fc.constantFrom('climate', 'other'), weight: 30 },
  { arbitrary: fc.constantFrom('fault', 'refused'), weight: 1 },
);
/** Seqs as parts of all that were given. */
const part = fc.double({ min: 0, max: 1, noNaN: true });
const step = fc.oneof(
  {
    arbitrary: fc.record({ append: fc.array(kind, { minLength: 1, maxLength: 60, size: 'max' }) }),
    weight: 3,
  },
  { arbitrary: fc.record({ receipt: fc.record({ upTo: part, have: fc.tuple(part, part) }) }), weight: 2 },
  { arbitrary: fc.record({ unstored: fc.integer({ min: 1, max: 9 }) }), weight: 1 },
  { arbitrary: fc.record({ openAgain: fc.constantFrom('closed', 'cut off') }), weight: 1 },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An outbox in a folder of its own; a power cut goes on with a copy of the files as they are. */
class OutboxOnDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'jostle-chain-'));
  #opened = 0;
  outbox = this.#open();

  take(change: Step): void {
    const { outbox } = this;
    if ('append' in change)
      outbox.append(
        change.append.map((name) => DRAFTS[name]),
        BOOT,
      );
    else if ('unstored' in change) outbox.nameUnstored(change.unstored, BOOT, time);
    else if ('receipt' in change) {
      const seqAt = (share: number) => Math.floor(share * outbox.span.maxSeq);
      const { upTo, have } = change.receipt;
      const [from = 0, to = 0] = have.map(seqAt).sort((a, b) => a - b);
      const ranges: [number, number][] = from > 0 ? [[from, to]] : [];
      outbox.applyReceipt({ v: 1, epoch: outbox.epoch, upTo: seqAt(upTo * upTo), have: ranges, dead: [] });
    } else this.#openAgain(change.openAgain === 'cut off');
  }

  remove(): void {
    this.outbox.close();
    rmSync(this.#folder, { recursive: true });
  }

  #openAgain(isCutOff: boolean): void {
    const from = this.#place();
    if (isCutOff) {
      this.#opened += 1;
      cpSync(from, this.#place(), { recursive: true });
    }
    this.outbox.close();
    this.outbox = this.#open();
  }

  #place(): string {
    return join(this.#folder, `${this.#opened}`);
  }

  #open(): Outbox {
    return new Outbox({ path: join(this.#place(), 'outbox.db'), log, maxRecords: MAX_RECORDS });
  }
}

/** The chain as it has to be, by what was ever seen in the outbox. */
class Chain {
  #end: string;
  #lastSeq = 0;
  /** Keyed by the seq of a record: chain before it. */
  readonly #before = new Map<number, string>();

  constructor(epoch: string) {
    this.#end = chainStart(epoch);
  }

  get last(): number {
    return this.#lastSeq;
  }

  before(seq: number): string | undefined {
    return this.#before.get(seq);
  }

  /** @param held by rising seq */
  continueWith(held: readonly DeviceRecord[]): void {
    for (const record of held.filter(({ seq }) => seq > this.#lastSeq)) {
      this.#before.set(record.seq, this.#end);
      this.#end = chainAfter(this.#end, record);
      this.#lastSeq = record.seq;
    }
  }
}

const sentOf = (outbox: Outbox, inFlight: SeqRanges) => outbox.takeRuns(inFlight, 1000);

function expectContinuous(outbox: Outbox, chain: Chain, inFlight: SeqRanges): number {
  const runs = sentOf(outbox, inFlight);
  for (const { fromSeq, chainBefore, records } of runs) {
    expect([fromSeq, chainBefore]).toEqual([fromSeq, chain.before(fromSeq)]);
    // Within a message each record continues the one before it.
    let link = chainBefore;
    for (const record of records) {
      expect([record.seq, link]).toEqual([record.seq, chain.before(record.seq)]);
      link = chainAfter(link, record);
    }
  }
  return runs.length;
}

test('the chain in the messages goes on whatever was thinned, delivered, refused or opened again', () => {
  const seen = { runs: 0, stones: new Set<string>() };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(step, part, part), { minLength: 4, maxLength: 14, size: 'max' }),
      (steps) => {
        const disk = new OutboxOnDisk();
        try {
          const { epoch } = disk.outbox;
          const chain = new Chain(epoch);
          for (const [change, ...shares] of steps) {
            disk.take(change);
            const { outbox } = disk;
            expect(outbox.epoch).toBe(epoch);
            const held = sentOf(outbox, [])
              .flatMap(({ records }) => records)
              .sort((a, b) => a.seq - b.seq);
            for (const { kind, body } of held) if (kind === 'tombstone') seen.stones.add(body.reason);
            chain.continueWith(held);
            expect(chain.last).toBe(outbox.span.maxSeq);
            seen.runs += expectContinuous(outbox, chain, []);
            const [from = 0, to = 0] = shares
              .map((share) => 1 + Math.floor(share * chain.last))
              .sort((a, b) => a - b);
            seen.runs += expectContinuous(outbox, chain, addRange([], from, to));
          }
        } finally {
          disk.remove();
        }
      },
    ),
    { numRuns: 25 },
  );
  // The cases above are those it is about.
  expect(seen.runs).toBeGreaterThan(60);
  expect([...seen.stones].sort()).toEqual(['not-stored', 'outbox-full', 'refused']);
});
