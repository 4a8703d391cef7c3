import { describe, expect, it } from 'vitest';
import { journeyWorld } from './journey-world.ts';
import { densityAt, rmsOf, type SpectrumCorner } from './spectrum.ts';
import { TRUCK_LEVELS, TRUCK_SPECTRA } from './truck-levels.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const RATE_HZ = 1000;
const SAMPLES = 16 * RATE_HZ;
const BIN_HZ = RATE_HZ / SAMPLES;
/** Vibration controllers are held to ±3 dB (ASTM D4728, section on equalisation); the simulation to a third of it. */
const TOLERANCE_DB = 1;

/** Vertical acceleration without gravity on a ride, g. */
function ridden(level: 'I' | 'II' | 'III', seed: number): Float64Array {
  const piece = { kind: 'truck-ride' as const, road: 'asphalt' as const, level, durationMs: 60_000 };
  const world = journeyWorld({ startsAt: START, pieces: [piece] }, seed);
  const felt = new Float64Array(3);
  return Float64Array.from({ length: SAMPLES }, (_, i) => {
    world.accelerationG(START + 5000 + (i * 1000) / RATE_HZ, felt);
    return (felt[2] ?? Number.NaN) - 1;
  });
}

/** One-sided density at a bin by Goertzel's recurrence, over a whole loop so that it needs no window, g²/Hz. */
function densityIn(samples: Float64Array, bin: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * bin) / SAMPLES);
  let [before, last] = [0, 0];
  for (let i = 0; i < SAMPLES; i++) [before, last] = [last, (samples[i] ?? 0) + turn * last - before];
  return (2 * (last ** 2 + before ** 2 - turn * last * before)) / (RATE_HZ * SAMPLES);
}

/** Mean density over the third of an octave around a frequency: of the samples, and of the spectrum. */
function thirdOctave(samples: Float64Array, corners: readonly SpectrumCorner[], hz: number) {
  const bins: number[] = [];
  for (let bin = Math.ceil((hz * 2 ** (-1 / 6)) / BIN_HZ); bin * BIN_HZ <= hz * 2 ** (1 / 6); bin++)
    bins.push(bin);
  const mean = (of: (bin: number) => number) => bins.reduce((sum, bin) => sum + of(bin), 0) / bins.length;
  return {
    felt: mean((bin) => densityIn(samples, bin)),
    asked: mean((bin) => densityAt(corners, bin * BIN_HZ)),
  };
}

describe.each(TRUCK_LEVELS)('a ride at level %s of ASTM D4169', (level) => {
  const corners = TRUCK_SPECTRA[level];
  const samples = ridden(level, 3);

  it.each(corners.map(([hz]) => hz))('has the density of the profile around %d Hz', (hz) => {
    const { felt, asked } = thirdOctave(samples, corners, hz);
    expect(Math.abs(10 * Math.log10(felt / asked))).toBeLessThan(TOLERANCE_DB);
  });

  it('has the overall level of the profile within 5 %', () => {
    const rmsG = Math.sqrt(samples.reduce((sum, g) => sum + g ** 2, 0) / SAMPLES);
    const published = { I: 0.73, II: 0.52, III: 0.37 }[level];
    expect(Math.abs(rmsG / published - 1)).toBeLessThan(0.05);
    expect(Math.abs(rmsOf(corners) / published - 1)).toBeLessThan(0.015);
  });

  it('does not open a shock event by itself', () => {
    expect(Math.max(...samples.map(Math.abs))).toBeLessThan(4);
  });
});
