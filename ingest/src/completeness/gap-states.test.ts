import { addRange, type SeqRanges } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedGaps, mostOf, type PlacedFragment } from './gap-groups.ts';
import { type EpochSeqs, gapsOf, type SeqGap } from './gap-states.ts';
import { boundsFinder } from './gap-times.ts';

const NOTHING: EpochSeqs = {
  ...{ received: [], dropped: [], dead: [], codes: [], maxSeq: 0, decidedBelow: 1, agedSeq: 0 },
};
const MANY = 50_000;

const rangesFrom = (seqs: readonly number[]): SeqRanges =>
  seqs.reduce<SeqRanges>((ranges, seq) => addRange(ranges, seq, seq), []);

const placed = (gaps: readonly SeqGap[], bounds = boundsFinder([], 0)): PlacedFragment[] =>
  gaps.map((gap) => ({ ...gap, ...bounds(gap), epoch: 'e', isPartial: false }));

describe('what is not in the inbox', () => {
  it('is what it is for each seq by itself', () => {
    const seq = fc.integer({ min: 1, max: 40 });
    const spans = fc.array(fc.tuple(seq, fc.nat(15), fc.constantFrom('outbox-full', 'damaged')), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.uniqueArray(seq), spans, seq, seq, seq, (came, stones, maxSeq, decided, aged) => {
        const decidedBelow = Math.min(decided, maxSeq + 1);
        const dropped = stones
          .map(([fromSeq, more, reason]) => ({ fromSeq, toSeq: fromSeq + more, reason }))
          .sort((a, b) => a.fromSeq - b.fromSeq || a.toSeq - b.toSeq);
        const received = rangesFrom(came.filter((one) => one <= maxSeq));
        const gaps = gapsOf({ ...NOTHING, received, dropped, maxSeq, decidedBelow, agedSeq: aged });
        for (let one = 1; one <= maxSeq; one++) {
          const said = gaps.filter(({ fromSeq, toSeq }) => fromSeq <= one && one <= toSeq);
          const stone = dropped.find(({ fromSeq, toSeq }) => fromSeq <= one && one <= toSeq);
          const undropped = one < decidedBelow ? 'lost' : one <= aged ? 'late' : 'in-flight';
          const expected = { state: stone ? 'dropped' : undropped, reason: stone?.reason ?? null };
          expect(said).toMatchObject(came.includes(one) ? [] : [expected]);
        }
        expect(gaps.every(({ toSeq }) => toSeq <= maxSeq)).toBe(true);
      }),
    );
  });

  it('is refused where it never reached the inbox, with the code that the quarantine has room for', () => {
    const gaps = gapsOf({
      ...NOTHING,
      ...{ received: [[1, 90]], maxSeq: 90, decidedBelow: 91 },
      dead: [
        [11, 30],
        [40, 41],
        [50, 54],
      ],
      codes: [
        { seq: 5, code: 'STORED' },
        { seq: 11, code: 'MESSAGE' },
        { seq: 52, code: 'RECORD' },
        { seq: 53, code: 'RECORD' },
      ],
    });
    expect(gaps.map(({ fromSeq, toSeq, state, reason }) => [fromSeq, toSeq, state, reason])).toEqual([
      [11, 30, 'refused', 'MESSAGE'],
      [40, 41, 'refused', null],
      [50, 51, 'refused', null],
      [52, 54, 'refused', 'RECORD'],
    ]);
  });

  // Gone through once for each of them, these would take minutes.
  it('is found and placed at once where every second record of a full outbox is missing', () => {
    const seqs = { ...NOTHING, maxSeq: 2 * MANY, decidedBelow: 2 * MANY + 1 };
    const received: SeqRanges = Array.from({ length: MANY }, (_, i) => [2 * i + 1, 2 * i + 1] as const);
    const steps = received.map(([seq]) => ({ firstSeq: seq, lastSeq: seq, firstAt: seq, lastAt: seq }));
    const bounds = boundsFinder(steps, 2 * MANY + 1);
    const stone = { fromSeq: 2, toSeq: 2 * MANY, reason: 'outbox-full' };
    const fragments = placed(gapsOf({ ...seqs, received, dropped: [stone] }), bounds);
    expect(fragments).toHaveLength(MANY);
    expect(fragments[7]).toMatchObject({ fromSeq: 16, toSeq: 16, earliest: 15, latest: 17 });
    expect(groupedGaps(fragments)).toMatchObject([
      { fromSeq: 2, toSeq: 2 * MANY, records: MANY, state: 'dropped', earliest: 1, latest: 2 * MANY + 1 },
    ]);
    const stones = received.map(([seq]) => ({ fromSeq: seq + 1, toSeq: seq + 1, reason: 'damaged' }));
    expect(groupedGaps(placed(gapsOf({ ...seqs, received, dropped: stones })))).toHaveLength(MANY);
    expect(groupedGaps(placed(gapsOf({ ...seqs, received })))).toHaveLength(MANY);
  });
});

it('names the gaps with the most records where there are too many, in their order', () => {
  const gaps = [2, 9, 1, 7].map((records) => ({ records }));
  expect(mostOf(gaps, 2)).toEqual([{ records: 9 }, { records: 7 }]);
  expect(mostOf(gaps, 4)).toBe(gaps);
});
