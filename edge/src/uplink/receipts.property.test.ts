import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addRange,
  type DecodedUp,
  decodeUpMessage,
  ManualClock,
  type RecordDraft,
  recordHash,
  type SeqRanges,
} from '@jostle/contracts';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Outbox } from '../outbox/outbox.ts';
import type { LinkEvents } from './link.ts';
import { Uplink } from './uplink.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const OTHER_EPOCH = '99999999-9999-4999-8999-999999999999';
const log = pino({ level: 'silent' });

const draft = (i: number): RecordDraft => ({
  kind: 'climate',
  measuredAt: 1_000 + i,
  monotonicMs: i,
  clockQuality: 'ntp',
  body: { sensor: 't1', temperatureC: i, ageMs: 0 },
});

/** What may happen to the device, to the connection, and to receipts on their way. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), n: fc.integer({ min: 1, max: 90_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receipt' as const), n: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wrong-epoch' as const), n: fc.nat(1_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('beyond' as const), n: fc.integer({ min: 1, max: 1_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), n: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), n: fc.constant(0) }) },
);

/** A device, and an ingest that takes what is published while it is not deaf and writes a receipt for each message. */
class Bench {
  readonly clock = new ManualClock(1_800_000_000_000);
  readonly #path: string;
  outbox: Outbox;
  uplink: Uplink;
  events: LinkEvents | undefined;
  /** Keyed by epoch. */
  readonly received = new Map<string, SeqRanges>();
  /** Keyed by epoch and seq: the hash of what came first. */
  readonly hashes = new Map<string, string>();
  /** When what came was measured: it names a draft. */
  readonly measured = new Set<number>();
  /** Every receipt that was ever written, the latest last; any of them may come, at any time and again. */
  readonly receipts: object[] = [];
  conflicts = 0;
  deafFor = 0;

  constructor(folder: string) {
    this.#path = join(folder, 'outbox.db');
    this.outbox = this.#openOutbox();
    this.uplink = this.#openUplink();
    this.events?.up();
  }

  restart(): void {
    this.outbox.close();
    this.outbox = this.#openOutbox();
    this.uplink = this.#openUplink();
    this.events?.up();
  }

  receive(receipt: object): void {
    this.events?.receipt(Buffer.from(JSON.stringify(receipt)));
  }

  receipt(fields: object): object {
    return { v: 1, epoch: this.outbox.epoch, upTo: 0, have: [], dead: [], ...fields };
  }

  #openOutbox(): Outbox {
    return new Outbox({ path: this.#path, log, maxRecords: 100_000 });
  }

  #openUplink(): Uplink {
    return new Uplink({
      outbox: this.outbox,
      bootId: BOOT,
      clock: this.clock,
      random: () => 0.5,
      log,
      openLink: (events) => {
        this.events = events;
        return {
          publish: (channel, payload) => this.#take(channel, payload),
          unsentBytes: () => 0,
          close: async () => {},
        };
      },
    });
  }

  #take(channel: string, payload: string): void {
    if (channel !== 'up') return;
    if (this.deafFor > 0) {
      this.deafFor -= 1;
      return;
    }
    const { epoch, fromSeq, toSeq, records } = decodeUpMessage(JSON.parse(payload)) as DecodedUp;
    for (const record of records) {
      const identity = `${epoch}/${record.seq}`;
      const first = this.hashes.get(identity) ?? recordHash(record);
      if (first !== recordHash(record)) this.conflicts += 1;
      this.hashes.set(identity, first);
      this.measured.add(record.measuredAt);
    }
    const received = addRange(this.received.get(epoch) ?? [], fromSeq, toSeq);
    this.received.set(epoch, received);
    const upTo = received[0]?.[0] === 1 ? (received[0]?.[1] ?? 0) : 0;
    const have = received.filter(([from]) => from > 1);
    this.receipts.push(this.receipt({ upTo, have }));
  }
}

test('receipts that are lost, repeated, late, of another epoch or beyond the last seq lose nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'jostle-receipts-'));
      const bench = new Bench(folder);
      let appended = 0;
      const settle = () => {
        bench.clock.advance(61_000);
        bench.uplink.pump();
        const latest = bench.receipts.at(-1);
        if (latest !== undefined) bench.receive(latest);
      };
      try {
        for (const { do: what, n } of steps) {
          const before = bench.outbox.count;
          if (what === 'append') {
            bench.outbox.append(
              Array.from({ length: n }, (_, i) => draft(appended + i)),
              BOOT,
            );
            appended += n;
            bench.uplink.pump();
          } else if (what === 'wait') {
            bench.clock.advance(n);
            bench.uplink.pump();
          } else if (what === 'receipt') {
            const receipt = bench.receipts.at(-1 - n);
            if (receipt !== undefined) bench.receive(receipt);
          } else if (what === 'wrong-epoch') {
            bench.receive(bench.receipt({ epoch: OTHER_EPOCH, upTo: n }));
            expect(bench.outbox.count).toBe(before);
          } else if (what === 'beyond') {
            bench.receive(bench.receipt({ upTo: appended + n }));
            expect(bench.outbox.count).toBe(before);
          } else if (what === 'cut') {
            bench.events?.down();
            bench.deafFor = n;
            bench.events?.up();
          } else bench.restart();
          // Nothing leaves the outbox that the other side does not have.
          expect(bench.outbox.count).toBeGreaterThanOrEqual(appended - bench.measured.size);
        }
        bench.deafFor = 0;
        for (let i = 0; i < 20 && bench.outbox.count > 0; i++) settle();
        expect([bench.outbox.count, bench.conflicts]).toEqual([0, 0]);
        expect(bench.measured.size).toBe(appended);
        for (const received of bench.received.values()) expect(received).toEqual([[1, received[0]?.[1]]]);
      } finally {
        bench.outbox.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
