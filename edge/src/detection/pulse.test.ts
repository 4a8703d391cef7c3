import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPulse, velocityChange } from './pulse.ts';
import { ORIGIN } from './samples.ts';
import { fall, halfSine, rest, signal } from './test-support/signal.ts';

const STANDARD_GRAVITY_MPS2 = 9.80665;

const sizeOf = ({ x, y, z }: Record<'x' | 'y' | 'z', number>) => Math.hypot(x, y, z);

function wholeVelocityChange(rateHz: number, peakG: number, durationMs: number): number {
  const { xyz, periodMs } = signal(rateHz, [halfSine(peakG, durationMs), fall(10)]);
  return sizeOf(velocityChange(xyz, 0, xyz.length / 3 - 1, ORIGIN, periodMs));
}

describe('velocity change', () => {
  test.each([
    [50, 11, 3.43371],
    [30, 11, 2.06023],
    [100, 6, 3.74586],
    [100, 2, 1.24862],
    [20, 20, 2.49724],
  ])('of a half-sine of %d g and %d ms is its closed form', (peakG, durationMs, expected) => {
    expect(wholeVelocityChange(100_000, peakG, durationMs)).toBeCloseTo(expected, 4);
  });

  test.each([
    [3200, 3.43252],
    [1600, 3.43116],
    [800, 3.4147],
    [400, 3.39269],
  ])('of 50 g and 11 ms loses what %d Hz cannot see', (rateHz, expected) => {
    expect(wholeVelocityChange(rateHz, 50, 11)).toBeCloseTo(expected, 4);
  });

  test('leaves out the level at rest', () => {
    const level = { x: 0.3, y: -0.2, z: 0.9 };
    const { xyz, periodMs } = signal(3200, [rest(5, level), halfSine(50, 11, { on: level }), rest(5, level)]);
    expect(sizeOf(velocityChange(xyz, 0, xyz.length / 3 - 1, level, periodMs))).toBeCloseTo(3.433, 2);
  });

  test('cancels where the acceleration turns round', () => {
    const back = { x: 0, y: 0, z: -1 };
    const { xyz, periodMs } = signal(8000, [halfSine(50, 10), halfSine(50, 10, { along: back }), fall(5)]);
    expect(sizeOf(velocityChange(xyz, 0, xyz.length / 3 - 1, ORIGIN, periodMs))).toBeCloseTo(0, 3);
  });

  test('is in proportion to the peak and to the duration', () => {
    fc.assert(
      fc.property(fc.double({ min: 5, max: 200, noNaN: true }), fc.integer({ min: 5, max: 40 }), (g, ms) => {
        const expected = (2 / Math.PI) * g * STANDARD_GRAVITY_MPS2 * (ms / 1000);
        expect(wholeVelocityChange(20_000, g, ms) / expected).toBeCloseTo(1, 3);
      }),
    );
  });
});

describe('pulse', () => {
  const everywhere = (xyz: Float32Array) => {
    const end = xyz.length / 3 - 1;
    return { peakFrom: 0, peakTo: end, start: 0, end };
  };

  test('lasts between the 10 % crossings', () => {
    const { xyz, periodMs } = signal(20_000, [fall(20), halfSine(50, 11), fall(20)]);
    const pulse = findPulse(xyz, ORIGIN, everywhere(xyz));
    const betweenCrossings = 11 * (1 - (2 * Math.asin(0.1)) / Math.PI);
    expect(pulse.peakG).toBeCloseTo(50, 2);
    expect((pulse.end - pulse.start) * periodMs).toBeCloseTo(betweenCrossings, 1);
  });

  test('ends although the thing lies turned over afterwards', () => {
    const upright = { x: 0, y: 0, z: 1 };
    const onItsSide = { x: 1, y: 0, z: 0 };
    const { xyz, periodMs } = signal(3200, [
      rest(20, upright),
      halfSine(6, 10, { on: upright }),
      rest(60, onItsSide),
    ]);
    const pulse = findPulse(xyz, upright, everywhere(xyz));
    expect((pulse.end - pulse.start) * periodMs).toBeLessThan(10.5);
  });

  test('does not begin in the free fall before it', () => {
    const { xyz, periodMs } = signal(3200, [fall(100), halfSine(7, 10), fall(100)]);
    const pulse = findPulse(xyz, { x: 0, y: 0, z: 1 }, everywhere(xyz));
    expect((pulse.end - pulse.start) * periodMs).toBeLessThan(10);
    expect(pulse.start * periodMs).toBeGreaterThan(99);
  });

  test('is cut where the search ends', () => {
    const { xyz } = signal(1000, [halfSine(20, 100)]);
    const pulse = findPulse(xyz, ORIGIN, { peakFrom: 40, peakTo: 60, start: 30, end: 70 });
    expect(pulse).toMatchObject({ start: 30, end: 70, peakIndex: 50 });
  });
});
