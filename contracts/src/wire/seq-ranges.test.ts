import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addRange,
  countOf,
  missingFrom,
  type SeqRanges,
  unionOfRanges,
  withoutRanges,
} from './seq-ranges.ts';

const span = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(8))
  .map(([from, n]) => [from, from + n] as const);

test('ranges hold exactly the numbers that were added, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(span), (spans) => {
      const ranges = spans.reduce<SeqRanges>((all, [a, b]) => addRange(all, a, b), []);
      const numbers = new Set(spans.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i)));
      expect(countOf(ranges)).toBe(numbers.size);
      for (const [i, [a, b]] of ranges.entries()) {
        expect(a).toBeLessThanOrEqual(b);
        expect(a).toBeGreaterThan((ranges[i - 1]?.[1] ?? -1) + 1);
      }
      const missing = missingFrom(ranges, 1, 80);
      expect(countOf(missing)).toBe(80 - numbers.size);
      for (const [a, b] of missing) for (let n = a; n <= b; n++) expect(numbers.has(n)).toBe(false);
    }),
  );
});

const added = (spans: SeqRanges) => spans.reduce<SeqRanges>((all, [from, to]) => addRange(all, from, to), []);

test('a union of sets in any order is what adding their ranges one by one gives', () => {
  fc.assert(
    fc.property(fc.array(fc.array(span)), (sets) => {
      expect(unionOfRanges(...sets)).toEqual(added(sets.flat()));
    }),
  );
});

test('what is left without other ranges is what each range misses of them', () => {
  fc.assert(
    fc.property(fc.array(span), fc.array(span), (spans, others) => {
      const [ranges, taken] = [added(spans), added(others)];
      expect(withoutRanges(ranges, taken)).toEqual(
        ranges.flatMap(([from, to]) => missingFrom(taken, from, to)),
      );
    }),
  );
});
