import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CalibrationValues } from './at-rest.ts';
import { UNCALIBRATED } from './calibration.ts';
import { FACES } from './parcel-axes.ts';
import { type RestLevel, restLevel } from './rest-level.ts';
import { fitSixPositions } from './six-position.ts';
import { gravityOn, MOUNTINGS, readingOf, restAround } from './testing/rests.ts';

const OFFSET_MAX_G = 6;
const offset = fc.double({ min: -5, max: 5, noNaN: true });
const factor = fc.double({ min: 0.85, max: 1.2, noNaN: true });
const tilt = fc.double({ min: -3, max: 3, noNaN: true });
const values = fc.record({
  offsetG: fc.record({ x: offset, y: offset, z: offset }),
  scale: fc.record({ x: factor, y: factor, z: factor }),
  axes: fc.constantFrom(...MOUNTINGS),
});

const hiss = (sample: number, axis: number) => 0.14 * Math.sin(2.4 * sample + axis);

function levelOf(truth: CalibrationValues, face: number, tilts?: readonly [number, number]): RestLevel {
  const level = restLevel(restAround(readingOf(truth, gravityOn(face, tilts)), hiss));
  if (level.kind === 'refused') throw new TypeError(level.found);
  return level;
}

describe('six positions', () => {
  test('give back offset, scale and mounting of any chip, with every face up to 3° off the level', () => {
    fc.assert(
      fc.property(values, fc.array(fc.tuple(tilt, tilt), { minLength: 6, maxLength: 6 }), (truth, tilts) => {
        const fit = fitSixPositions(
          FACES.map((_, face) => levelOf(truth, face, tilts[face])),
          OFFSET_MAX_G,
        );
        expect(fit).toMatchObject({ kind: 'fitted', values: { axes: truth.axes } });
        if (fit.kind !== 'fitted') return;
        for (const axis of ['x', 'y', 'z'] as const) {
          // 1 − cos of the largest tilt of both angles is 0.3 %; the chip's scale multiplies it.
          expect(Math.abs(fit.values.offsetG[axis] - truth.offsetG[axis])).toBeLessThan(0.006);
          expect(Math.abs(fit.values.scale[axis] / truth.scale[axis] - 1)).toBeLessThan(0.006);
        }
        expect(fit.residuals.tiltDeg).toBeLessThan(9);
      }),
      { numRuns: 30 },
    );
  });

  const truth = { ...UNCALIBRATED, offsetG: { x: 0.7, y: -1.1, z: 0.4 } };
  const lying = (faces: readonly number[], of: CalibrationValues = truth) =>
    fitSixPositions(
      faces.map((face) => levelOf(of, face)),
      OFFSET_MAX_G,
    );

  test.each([
    ['never turned', [0, 0, 0, 0, 0, 0], 'not-turned', 'base and top'],
    ['not turned for the last face', [0, 1, 2, 3, 4, 4], 'not-turned', 'front and back'],
    ['right and left exchanged', [0, 1, 2, 3, 5, 4], 'faces-exchanged', 'mirror'],
  ] as const)('are refused when the device is %s', (_, faces, reason, found) => {
    expect(lying(faces)).toMatchObject({ kind: 'refused', reason, found: expect.stringContaining(found) });
  });

  test('are refused when a face stands 15° askew', () => {
    const levels = FACES.map((_, face) => levelOf(truth, face, face === 3 ? [15, 0] : [0, 0]));
    expect(fitSixPositions(levels, OFFSET_MAX_G)).toMatchObject({ reason: 'tilted' });
  });

  test('are refused when the offset or the scale is that of another chip', () => {
    expect(lying([0, 1, 2, 3, 4, 5], { ...truth, offsetG: { x: 7, y: 0, z: 0 } })).toMatchObject({
      reason: 'offset-too-large',
    });
    expect(lying([0, 1, 2, 3, 4, 5], { ...truth, scale: { x: 1, y: 1, z: 0.7 } })).toMatchObject({
      reason: 'residual-too-large',
    });
  });
});
