import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleRing } from './sample-ring.ts';

test('gives back any stretch of the most recent samples, however they were written', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (writes, a, b) => {
      const ring = new SampleRing(16);
      let next = 0;
      for (const size of writes) {
        ring.write(Float32Array.from({ length: size * 3 }, (_, i) => next * 3 + i));
        next += size;
      }
      expect(ring.total).toBe(next);
      const oldest = Math.max(0, next - 16);
      const from = oldest + (a % (next - oldest + 1));
      const to = from + (b % (next - from + 1));
      const expected = Float32Array.from({ length: (to - from) * 3 }, (_, i) => from * 3 + i);
      expect(ring.copy(from, to)).toEqual(expected);
    }),
  );
});
