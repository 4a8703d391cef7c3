import { expect, it } from 'vitest';
import { calibrate, UNCALIBRATED } from './calibration.ts';

it('takes off the offset, scales, and turns chip axes into parcel axes', () => {
  const xyz = Float32Array.of(1.5, -0.5, 2, 0.5, 0.5, 1);
  calibrate(xyz, {
    id: 'a',
    offsetG: { x: 0.5, y: -0.5, z: 1 },
    scale: { x: 1, y: 1, z: 0.9 },
    axes: ['+z', '-x', '+y'],
  });
  const expected = [0.9, -1, 0, 0, 0, 1];
  for (const [i, value] of expected.entries()) expect(xyz[i]).toBeCloseTo(value, 6);
});

it('leaves the readings of an uncalibrated chip as they are', () => {
  const xyz = Float32Array.of(1.5, -0.5, 2);
  calibrate(xyz, UNCALIBRATED);
  expect(Array.from(xyz)).toEqual([1.5, -0.5, 2]);
});
