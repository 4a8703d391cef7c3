import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Calibration, calibrate, UNCALIBRATED } from '../calibration/calibration.ts';
import { clipLimits } from './clip-limits.ts';

it('lie two counts inside the range of a chip that is not calibrated', () => {
  const { low, high } = clipLimits(200, 0.05, UNCALIBRATED);
  expect(low.x).toBeCloseTo(-199.9, 3);
  expect(high.z).toBeCloseTo(199.9, 3);
});

it('are nowhere for a range that is not known', () => {
  expect(clipLimits(Number.POSITIVE_INFINITY, 0.05, UNCALIBRATED).high.y).toBe(Number.POSITIVE_INFINITY);
});

it('take a sample for clipped exactly where the chip had read the end of its range', () => {
  const offset = fc.double({ min: -20, max: 20, noNaN: true });
  const scale = fc.double({ min: 0.8, max: 1.25, noNaN: true });
  const axes = fc.constantFrom<Calibration['axes']>(
    ['+x', '+y', '+z'],
    ['-z', '+y', '+x'],
    ['+y', '-x', '-z'],
  );
  fc.assert(
    fc.property(offset, scale, axes, fc.integer({ min: -4096, max: 4095 }), (o, s, turned, count) => {
      const calibration: Calibration = {
        id: 'a',
        offsetG: { x: o, y: -o, z: o / 2 },
        scale: { x: s, y: 1, z: s },
        axes: turned,
      };
      const { low, high } = clipLimits(200, 0.049, calibration);
      const isClipped = Math.abs(count * 0.049) > 200 - 2 * 0.049;
      const xyz = Float32Array.of(count * 0.049, 0, 0);
      calibrate(xyz, calibration);
      const along = turned.findIndex((axis) => axis.endsWith('x'));
      const value = xyz[along] ?? 0;
      const [lowG, highG] = [[low.x, low.y, low.z][along] ?? 0, [high.x, high.y, high.z][along] ?? 0];
      expect(value <= lowG || value >= highG).toBe(isClipped);
    }),
  );
});
