import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibratedLevel, nullAtRest } from './at-rest.ts';
import { UNCALIBRATED } from './calibration.ts';
import { type RestLevel, restLevel } from './rest-level.ts';
import { gravityOn, MOUNTINGS, readingOf, restAround } from './testing/rests.ts';

const OFFSET_MAX_G = 6;
const offset = fc.double({ min: -5, max: 5, noNaN: true });
const factor = fc.double({ min: 0.85, max: 1.2, noNaN: true });
const values = fc.record({
  offsetG: fc.record({ x: offset, y: offset, z: offset }),
  scale: fc.record({ x: factor, y: factor, z: factor }),
  axes: fc.constantFrom(...MOUNTINGS),
});

function stillLevel(...rest: Parameters<typeof restAround>): RestLevel {
  const level = restLevel(restAround(...rest));
  if (level.kind === 'refused') throw new TypeError(level.found);
  return level;
}

test('the offset is what the chip reads beyond gravity on the base, however it is mounted', () => {
  fc.assert(
    fc.property(values, (truth) => {
      const level = stillLevel(readingOf(truth, gravityOn(0)));
      const before = { ...UNCALIBRATED, scale: truth.scale };
      const fit = nullAtRest(level, before, truth.axes, OFFSET_MAX_G);
      expect(fit.kind).toBe('fitted');
      if (fit.kind !== 'fitted') return;
      for (const axis of ['x', 'y', 'z'] as const)
        expect(fit.values.offsetG[axis]).toBeCloseTo(truth.offsetG[axis], 4);
      const along = calibratedLevel(level, fit.values);
      expect(Math.hypot(along.x, along.y, along.z - 1)).toBeLessThan(1e-5);
    }),
  );
});

test('an offset that no sound part has is refused', () => {
  const level = stillLevel({ x: 0.1, y: 6.4, z: 1 });
  expect(nullAtRest(level, UNCALIBRATED, UNCALIBRATED.axes, OFFSET_MAX_G)).toMatchObject({
    reason: 'offset-too-large',
    found: expect.stringContaining('6.40 g'),
  });
});

test('a device that lies on its side by the calibration before is refused, one whose offset drifted is not', () => {
  const before = { ...UNCALIBRATED, id: 'before', offsetG: { x: 0.7, y: -1.1, z: 0.4 } };
  const lying = (face: number, drift: number) => {
    const { x, y, z } = readingOf(before, gravityOn(face));
    return nullAtRest(stillLevel({ x: x + drift, y, z }), before, before.axes, OFFSET_MAX_G);
  };
  expect(lying(4, 0)).toMatchObject({ reason: 'not-on-base', found: expect.stringContaining('before') });
  expect(lying(1, 0)).toMatchObject({ reason: 'not-on-base' });
  expect(lying(0, 0.25).kind).toBe('fitted');
});
