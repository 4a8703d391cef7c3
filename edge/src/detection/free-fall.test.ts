import { describe, expect, test } from 'vitest';
import { findFreeFall } from './free-fall.ts';
import { launchVelocityMps } from './launch.ts';
import { restingLevel } from './resting-level.ts';
import { fall, halfSine, noiseOf, type Part, rest, signal } from './test-support/signal.ts';

/** The fall that an impact at the end of the parts has ended. */
function fallBefore(rateHz: number, parts: readonly Part[], noise?: () => number) {
  const { xyz, periodMs } = signal(rateHz, parts, noise);
  return { fall: findFreeFall(xyz, xyz.length / 3, periodMs), xyz, periodMs };
}

describe('free fall', () => {
  test.each([100, 400, 800, 1600, 3200])('of 430 ms is timed within two samples at %d Hz', (rateHz) => {
    const found = fallBefore(rateHz, [rest(500), fall(430)]);
    expect(found.fall?.durationMs).toBeLessThanOrEqual(430);
    expect(found.fall?.durationMs).toBeGreaterThan(430 - 2 * found.periodMs);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is timed through the noise of a ±200 g chip (seed %d)', (seed) => {
    const found = fallBefore(800, [rest(500), fall(404)], noiseOf(0.12, seed));
    expect(found.fall?.durationMs).toBeGreaterThan(398);
    expect(found.fall?.durationMs).toBeLessThan(406);
  });

  test('may rise for a while before it triggers', () => {
    expect(fallBefore(800, [rest(300), fall(200), rest(25, { x: 0, y: 0, z: 3 })]).fall).not.toBeNull();
    expect(fallBefore(800, [rest(300), fall(200), rest(40, { x: 0, y: 0, z: 3 })]).fall).toBeNull();
  });

  test('is not claimed when it is shorter than 60 ms', () => {
    expect(fallBefore(1000, [rest(300), fall(59)]).fall).toBeNull();
    expect(fallBefore(1000, [rest(300), fall(63)]).fall).not.toBeNull();
  });

  test('is not claimed when its beginning was not seen', () => {
    expect(fallBefore(800, [fall(300)]).fall).toBeNull();
  });

  test('is not seen in vibration that passes through zero', () => {
    const shaking: Part = { ms: 500, at: (t) => ({ x: 0, y: 0, z: 1 + 1.2 * Math.sin(t * 1.3) }) };
    expect(fallBefore(3200, [rest(100), shaking]).fall).toBeNull();
  });
});

describe('launch velocity', () => {
  const launchBefore = (parts: readonly Part[], noise?: () => number) => {
    const { fall: found, xyz, periodMs } = fallBefore(800, [...parts, fall(300)], noise);
    return launchVelocityMps(xyz, found?.startIndex ?? 0, periodMs);
  };

  test('of a thing at rest is none, noisy chip or not', () => {
    expect(launchBefore([rest(800)])).toBeCloseTo(0, 2);
    expect(launchBefore([rest(800)], noiseOf(0.12, 5))).toBeLessThan(0.1);
  });

  test('is the integral of what exceeds 1 g', () => {
    expect(launchBefore([rest(500), rest(200, { x: 0, y: 0, z: 2 })])).toBeCloseTo(0.2 * 9.80665, 1);
  });

  test('is not made by the vibration of a vehicle', () => {
    const vehicle: Part = { ms: 800, at: (t) => ({ x: 0.7 * Math.sin(t * 0.4), y: 0, z: 1 }) };
    expect(launchBefore([vehicle])).toBeLessThan(0.3);
  });

  test('is not lowered by a grip that is let go slowly', () => {
    expect(launchBefore([rest(400, { x: 0, y: 0, z: 2 }), rest(50, { x: 0, y: 0, z: 0.5 })])).toBeGreaterThan(
      2,
    );
  });
});

describe('resting level', () => {
  test('is the median of the quietest stretch, not of the handling around it', () => {
    const level = { x: 0.1, y: -0.2, z: 0.97 };
    const { xyz, periodMs } = signal(800, [
      rest(300, level),
      { ms: 300, at: (t) => ({ x: Math.sin(t / 9), y: 0.4, z: 1 + Math.cos(t / 5) }) },
    ]);
    const found = restingLevel(xyz, xyz.length / 3, periodMs);
    expect(found.level.x).toBeCloseTo(level.x, 5);
    expect(found.level.z).toBeCloseTo(level.z, 5);
    expect(found.isGravity).toBe(true);
  });

  test('is not taken from a free fall where there is anything else', () => {
    const { xyz, periodMs } = signal(
      800,
      [rest(200), fall(300), halfSine(20, 10), fall(100)],
      noiseOf(0.02, 3),
    );
    expect(restingLevel(xyz, xyz.length / 3, periodMs).level.z).toBeCloseTo(1, 1);
  });

  test('is not taken from a steady push, however smooth', () => {
    const { xyz, periodMs } = signal(800, [rest(300), rest(300, { x: 0, y: 0, z: 2.5 })], noiseOf(0.02, 4));
    expect(restingLevel(xyz, xyz.length / 3, periodMs).level.z).toBeCloseTo(1, 1);
  });

  test('of a channel that blocks DC is what it is, and is not gravity', () => {
    const { xyz, periodMs } = signal(3200, [rest(400, { x: 0.05, y: 0, z: -0.1 })]);
    const found = restingLevel(xyz, xyz.length / 3, periodMs);
    expect(found.level.z).toBeCloseTo(-0.1, 5);
    expect(found.isGravity).toBe(false);
  });

  test('is unknown where nothing came before', () => {
    expect(restingLevel(new Float32Array(0), 0, 1)).toEqual({
      level: { x: 0, y: 0, z: 0 },
      isGravity: false,
    });
  });
});
