import { type OutboxSpan, type SeqRanges, unionOfRanges } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aged, agedSeqAt, type Decision, decide, IN_FLIGHT_MS } from './gap-rules.ts';

const START: Decision = { decidedBelow: 1, pending: null };

describe('a decision', () => {
  it.each<[string, OutboxSpan[], number, SeqRanges, Decision]>([
    [
      'follows what the device let go where nothing is missing',
      [{ minSeq: 6, maxSeq: 9 }],
      6,
      [[1, 5]],
      { decidedBelow: 6, pending: null },
    ],
    [
      'waits for a tombstone that may still come',
      [{ minSeq: 6, maxSeq: 9 }],
      6,
      [
        [1, 3],
        [6, 7],
      ],
      { decidedBelow: 1, pending: { minSeq: 6, maxSeq: 9 } },
    ],
    [
      'is made once all has come that the report speaks of',
      [{ minSeq: 6, maxSeq: 9 }],
      6,
      [
        [1, 3],
        [6, 9],
      ],
      { decidedBelow: 6, pending: null },
    ],
    [
      'is made where the device holds nothing more',
      [{ minSeq: 10, maxSeq: 9 }],
      10,
      [[1, 3]],
      { decidedBelow: 10, pending: null },
    ],
    [
      'does not wait for what the device let go meanwhile',
      [{ minSeq: 6, maxSeq: 9 }],
      9,
      [
        [1, 3],
        [9, 9],
      ],
      { decidedBelow: 6, pending: null },
    ],
    [
      'waits with the report that is done soonest',
      [
        { minSeq: 7, maxSeq: 20 },
        { minSeq: 6, maxSeq: 9 },
      ],
      7,
      [[1, 3]],
      { decidedBelow: 1, pending: { minSeq: 6, maxSeq: 9 } },
    ],
  ])('%s', (_name, reports, held, settled, expected) => {
    expect(decide(START, reports, held, settled, settled)).toEqual(expected);
  });

  it('waits for an older tombstone in the span of a newer one', () => {
    const received: SeqRanges = [
      [1, 9],
      [21, 24],
      [51, 60],
    ];
    const settled = unionOfRanges(received, [[25, 50]]);
    const report = { minSeq: 21, maxSeq: 60 };
    expect(decide(START, [report], 21, received, settled)).toEqual({ decidedBelow: 1, pending: report });
  });

  it('keeps the report that waits, however many come after it', () => {
    const hear = (decision: Decision, report: OutboxSpan, came: SeqRanges) =>
      decide(decision, [report], report.minSeq, came, came);
    const first = hear(START, { minSeq: 6, maxSeq: 9 }, [[1, 3]]);
    const second = hear(first, { minSeq: 6, maxSeq: 50 }, [
      [1, 3],
      [6, 8],
    ]);
    expect(second).toEqual({ decidedBelow: 1, pending: { minSeq: 6, maxSeq: 9 } });
    expect(
      hear(second, { minSeq: 7, maxSeq: 60 }, [
        [1, 3],
        [6, 9],
      ]).decidedBelow,
    ).toBe(6);
  });
});

describe('what is missing', () => {
  it('is late once it has been known for two resends', () => {
    let ageing = { maxSeq: 0, markSeq: 0, markAt: 0, agedSeq: 0 };
    const agedAt: number[] = [];
    for (let i = 1; i <= 40; i++) {
      const now = i * 10_000;
      ageing = { ...aged(ageing, now), maxSeq: i };
      agedAt.push(agedSeqAt({ ...ageing, lastHeardAt: now }, now));
    }
    agedAt.forEach((seq, i) => {
      if (seq > 0) expect(seq * 10_000 + IN_FLIGHT_MS).toBeLessThanOrEqual((i + 1) * 10_000);
    });
    expect(agedAt.at(-1)).toBeGreaterThan(10);
    expect(agedSeqAt({ ...ageing, lastHeardAt: 400_000 }, 400_000 + IN_FLIGHT_MS)).toBe(40);
  });
});

type Step = { kind: 'make' | 'drop' | 'delete' | 'send' | 'arrive' | 'receipt' | 'repeat'; pick: number };

/** An outbox, a network and an ingest in which anything may happen in any order. */
class Journey {
  // Tombstone ranges by seq; null for any other record. What the device holds.
  readonly #held = new Map<number, [number, number] | null>();
  readonly #made = new Map<number, [number, number] | null>();
  readonly #onTheWay: { span: OutboxSpan; seqs: number[] }[] = [];
  readonly deleted = new Set<number>();
  readonly dropped = new Set<number>();
  received: SeqRanges = [];
  #stones: [number, number][] = [];
  #next = 1;
  #minSeq = 0;
  decision = START;

  do({ kind, pick }: Step): void {
    const held = [...this.#held.keys()];
    const one = held[pick % Math.max(1, held.length)];
    if (kind === 'make') this.#make(null);
    if (kind === 'drop') this.#thin(pick);
    if (kind === 'delete' && one !== undefined) {
      this.#held.delete(one);
      this.deleted.add(one);
    }
    if (kind === 'send' && one !== undefined) this.#send([one]);
    if (kind === 'arrive') this.#arrive(pick, true);
    if (kind === 'repeat') this.#arrive(pick, false);
    if (kind === 'receipt') for (const seq of held) if (this.#has(seq)) this.#held.delete(seq);
  }

  /** The network works again: all is sent, answered and reported. */
  drain(): void {
    while (this.#onTheWay.length > 0) this.#arrive(0, true);
    for (let round = 0; round < 2; round++) {
      this.#make(null);
      for (const seq of [...this.#held.keys()]) this.#send([seq]);
      while (this.#onTheWay.length > 0) this.#arrive(0, true);
      this.do({ kind: 'receipt', pick: 0 });
    }
  }

  get settled(): SeqRanges {
    return unionOfRanges(this.received, this.#stones);
  }

  isLost(seq: number): boolean {
    return seq < this.decision.decidedBelow && !this.settled.some(([a, b]) => a <= seq && seq <= b);
  }

  get lastSeq(): number {
    return this.#next - 1;
  }

  /** Drops every other sample of a stretch; the tombstone spans what stays between them, older tombstones too. */
  #thin(pick: number): void {
    const held = [...this.#held.keys()];
    const stretch = held.slice(pick % Math.max(1, held.length)).slice(0, 1 + (pick % 9));
    const gone = stretch.filter((seq, i) => i % 2 === 0 && this.#held.get(seq) === null);
    const [first] = gone;
    const last = gone.at(-1);
    if (first === undefined || last === undefined) return;
    for (const seq of gone) {
      this.#held.delete(seq);
      if (!this.#has(seq)) this.dropped.add(seq);
    }
    this.#make([first, last]);
  }

  #make(stone: [number, number] | null): void {
    this.#held.set(this.#next, stone);
    this.#made.set(this.#next, stone);
    this.#next += 1;
  }

  #send(seqs: number[]): void {
    const maxSeq = this.#next - 1;
    this.#onTheWay.push({ span: { minSeq: Math.min(...this.#held.keys(), maxSeq + 1), maxSeq }, seqs });
  }

  #arrive(pick: number, isLast: boolean): void {
    const [message] = isLast
      ? this.#onTheWay.splice(pick % Math.max(1, this.#onTheWay.length), 1)
      : [this.#onTheWay[pick % Math.max(1, this.#onTheWay.length)]];
    if (message === undefined) return;
    for (const seq of message.seqs) {
      this.received = unionOfRanges(this.received, [[seq, seq]]);
      const stone = this.#made.get(seq);
      if (stone) this.#stones.push(stone);
    }
    this.#minSeq = Math.max(this.#minSeq, message.span.minSeq);
    this.decision = decide(this.decision, [message.span], this.#minSeq, this.received, this.settled);
  }

  #has(seq: number): boolean {
    return this.received.some(([a, b]) => a <= seq && seq <= b);
  }
}

const steps = (...kinds: Step['kind'][]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(1000) }), { maxLength: 120 });

describe('whatever the network does', () => {
  it('nothing that was delivered or dropped is ever called lost', () => {
    fc.assert(
      fc.property(steps('make', 'make', 'drop', 'send', 'send', 'arrive', 'repeat', 'receipt'), (all) => {
        const journey = new Journey();
        for (const step of all) {
          journey.do(step);
          for (let seq = 1; seq <= journey.lastSeq; seq++) expect(journey.isLost(seq)).toBe(false);
        }
        journey.drain();
        for (let seq = 1; seq <= journey.lastSeq; seq++) expect(journey.isLost(seq)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('what was deleted by hand before it came is lost in the end, and nothing else but what its tombstone named', () => {
    fc.assert(
      fc.property(
        steps('make', 'make', 'make', 'delete', 'drop', 'send', 'send', 'arrive', 'repeat', 'receipt'),
        (all) => {
          const journey = new Journey();
          for (const step of all) journey.do(step);
          journey.drain();
          const came = (seq: number) => journey.settled.some(([a, b]) => a <= seq && seq <= b);
          for (let seq = 1; seq <= journey.lastSeq; seq++) {
            if (journey.deleted.has(seq)) expect(journey.isLost(seq)).toBe(!came(seq));
            else if (!journey.dropped.has(seq)) expect(journey.isLost(seq)).toBe(false);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
