import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { AccelerometerGauge, type GaugedChip } from './accelerometer-gauge.ts';

const CHIP: GaugedChip = {
  role: 'shock',
  sensor: 'adxl375-53',
  calibration: UNCALIBRATED,
  fifo: { rangeG: 200, countG: 0.049, rateHz: 800 },
};
const block = (xyz: number[]) => ({ startMs: 0, periodMs: 1.25, xyz: Float32Array.from(xyz) });

test('gives peak, mean and spread of what came since the last look', () => {
  const gauge = new AccelerometerGauge(CHIP);
  gauge.samples(block([0, 0, 1, 0, 0, 1]));
  gauge.samples(block([3, 0, 4, 0, 0, 1]));
  gauge.gap(9);
  const glance = gauge.take();
  expect(glance).toMatchObject({ samples: 4, lostSamples: 9, peakG: 5, isClipped: false, rateHz: 800 });
  expect(glance.meanG).toEqual([0.75, 0, 1.75]);
  expect(glance.unrestG).toBeCloseTo(1.837, 3);
  expect(gauge.take()).toMatchObject({ samples: 0, lostSamples: 0, peakG: null, meanG: null, unrestG: 0 });
});

test.each([
  [199.8, 0, false],
  [199.95, 0, true],
  [-199.95, 0, true],
  [198.95, 1, true],
  [199.95, -1, false],
])('at %d g with an offset of %d g taken off, clipped is %s', (x, offset, isClipped) => {
  const offsetG = { x: offset, y: 0, z: 0 };
  const gauge = new AccelerometerGauge({ ...CHIP, calibration: { ...UNCALIBRATED, offsetG } });
  gauge.samples(block([x, 0, 0]));
  expect(gauge.take().isClipped).toBe(isClipped);
});

test('a fault is told until samples come again', () => {
  const gauge = new AccelerometerGauge(CHIP);
  gauge.lost('stale', 'no answer: nack');
  expect(gauge.take().fault).toBe('stale: no answer: nack');
  expect(gauge.take().fault).toBe('stale: no answer: nack');
  gauge.found();
  expect(gauge.take().fault).toBeNull();
});

test('the mean is never larger than the peak, and the cut into blocks changes nothing', () => {
  const axis = fc.float({ min: -200, max: 200, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(axis, axis, axis), { minLength: 1, maxLength: 40 }), (samples) => {
      const whole = new AccelerometerGauge(CHIP);
      const cut = new AccelerometerGauge(CHIP);
      whole.samples(block(samples.flat()));
      for (const sample of samples) cut.samples(block(sample));
      const glance = whole.take();
      expect(cut.take()).toEqual(glance);
      expect(Math.hypot(...(glance.meanG ?? []))).toBeLessThanOrEqual((glance.peakG ?? 0) + 1e-9);
    }),
  );
});
