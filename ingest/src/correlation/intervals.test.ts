import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differenceOf, holds, intersectionOf, lengthOf, unionOf } from './intervals.ts';

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -3, max: 20 }))
    .map(([startsAt, length]) => ({ startsAt, endsAt: startsAt + length })),
  { maxLength: 8 },
);

/** Every whole instant is in the result exactly where it is in the sets, as `rule` joins them. */
it.each([
  { name: 'intersection', operation: intersectionOf, rule: (a: boolean, b: boolean) => a && b },
  { name: 'difference', operation: differenceOf, rule: (a: boolean, b: boolean) => a && !b },
])('gives the $name of any two sets of times', ({ operation, rule }) => {
  fc.assert(
    fc.property(intervals, intervals, (left, right) => {
      const result = operation(unionOf(left), unionOf(right));
      for (let t = 0; t < 90; t++) expect(holds(result, t)).toBe(rule(holds(left, t), holds(right, t)));
      expect(result).toEqual(unionOf(result));
    }),
  );
});

it('gives a union that is sorted, apart, and of the same instants', () => {
  fc.assert(
    fc.property(intervals, (any) => {
      const union = unionOf(any);
      for (let t = 0; t < 90; t++) expect(holds(union, t)).toBe(holds(any, t));
      expect(union.every((one, i) => i === 0 || (union[i - 1]?.endsAt ?? 0) < one.startsAt)).toBe(true);
    }),
  );
});

it('splits the length of a set into what another covers and what it does not', () => {
  fc.assert(
    fc.property(intervals, intervals, (left, right) => {
      const [a, b] = [unionOf(left), unionOf(right)];
      expect(lengthOf(intersectionOf(a, b)) + lengthOf(differenceOf(a, b))).toBe(lengthOf(a));
    }),
  );
});
