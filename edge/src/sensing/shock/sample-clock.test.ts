import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleClock } from './sample-clock.ts';

/** Looks at a chip of `rateHz` every 12 to 22 ms, as a busy machine does; returns the clock and the true period. */
function watched(rateHz: number, looks: number, random: () => number) {
  const clock = new SampleClock(800);
  const periodMs = 1000 / rateHz;
  let atMs = 5000;
  let newest = -1;
  for (let i = 0; i < looks; i++) {
    atMs += 12 + 10 * random();
    newest = Math.floor((atMs - 5000) / periodMs) - 1;
    clock.observe(newest, atMs);
  }
  return { clock, periodMs, newest, trueTimeOf: (index: number) => 5000 + (index + 1) * periodMs };
}

/** A linear congruential generator (Numerical Recipes, chapter 7), so that a failure can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('SampleClock', () => {
  it('finds the rate and the time of each sample, whatever the oscillator and the lateness of the looks', () => {
    fc.assert(
      fc.property(fc.double({ min: 770, max: 830, noNaN: true }), fc.nat(), (rateHz, seed) => {
        const { clock, newest, trueTimeOf } = watched(rateHz, 600, randomFrom(seed));
        expect(Math.abs(1000 / clock.periodMs / rateHz - 1)).toBeLessThan(1e-4);
        expect(Math.abs(clock.timeOf(newest) - trueTimeOf(newest))).toBeLessThan(0.25);
      }),
      { numRuns: 50 },
    );
  });

  it('is within a sample from the first look on', () => {
    const { clock, newest, trueTimeOf, periodMs } = watched(800, 1, randomFrom(1));
    expect(Math.abs(clock.timeOf(newest) - trueTimeOf(newest))).toBeLessThanOrEqual(periodMs);
  });

  it('never puts a sample after the look that found it', () => {
    const clock = new SampleClock(800);
    const random = randomFrom(7);
    let atMs = 0;
    for (let i = 0; i < 500; i++) {
      atMs += 12 + 10 * random();
      const newest = Math.floor(atMs / 1.21) - 1;
      clock.observe(newest, atMs);
      expect(clock.timeOf(newest)).toBeLessThanOrEqual(atMs + 1e-6);
    }
  });

  it('keeps the rate that it knows over a gap', () => {
    const { clock } = watched(824.8, 400, randomFrom(3));
    clock.restart();
    clock.observe(11, 90_000);
    expect(1000 / clock.periodMs).toBeCloseTo(824.8, 1);
    expect(clock.timeOf(11)).toBe(90_000);
  });
});
