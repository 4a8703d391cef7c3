import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, countOf, missingFrom, type SeqRanges } from './seq-ranges.ts';

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
