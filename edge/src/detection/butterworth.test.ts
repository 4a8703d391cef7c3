import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowPassZeroPhase } from './butterworth.ts';

const RATE_HZ = 3200;

function sine(frequencyHz: number): Float32Array {
  return Float32Array.from({ length: 3200 }, (_, i) => Math.sin((2 * Math.PI * frequencyHz * i) / RATE_HZ));
}

/** Gain in the middle of the signal, where the ends do not reach. */
function gainAt(frequencyHz: number, cornerHz: number): number {
  const rms = (values: Float32Array) =>
    Math.sqrt(values.subarray(800, 2400).reduce((sum, v) => sum + v * v, 0) / 1600);
  const input = sine(frequencyHz);
  return rms(lowPassZeroPhase(input, 1, RATE_HZ, cornerHz)) / rms(input);
}

describe('zero-phase low-pass', () => {
  test.each([100, 225, 500, 900])('is 3 dB down at a corner of %d Hz', (cornerHz) => {
    expect(gainAt(cornerHz, cornerHz)).toBeCloseTo(Math.SQRT1_2, 2);
  });

  test('passes a tenth of the corner and stops five times of it', () => {
    expect(gainAt(20, 200)).toBeCloseTo(1, 3);
    expect(gainAt(1000, 200)).toBeLessThan(0.005);
  });

  test('keeps a constant exactly, up to the ends', () => {
    const out = lowPassZeroPhase(new Float32Array(50).fill(-0.75), 1, RATE_HZ, 300);
    expect([...out].every((v) => Math.abs(v + 0.75) < 1e-6)).toBe(true);
  });

  test('does not move a symmetric pulse in time', () => {
    const input = new Float32Array(401);
    for (let i = -15; i <= 15; i++) input[200 + i] = Math.cos((Math.PI * i) / 31);
    const out = lowPassZeroPhase(input, 1, RATE_HZ, 200);
    expect(out.indexOf(Math.max(...out))).toBe(200);
    expect(out[190]).toBeCloseTo(out[210] as number, 5);
  });

  test('filters each channel as if it were alone and leaves its input unchanged', () => {
    const a = sine(50);
    const b = sine(700);
    const both = Float32Array.from({ length: 6400 }, (_, i) => (i % 2 === 0 ? a : b)[i >> 1] as number);
    const before = both.slice();
    const out = lowPassZeroPhase(both, 2, RATE_HZ, 300);
    expect(out.filter((_, i) => i % 2 === 0)).toEqual(lowPassZeroPhase(a, 1, RATE_HZ, 300));
    expect(out.filter((_, i) => i % 2 === 1)).toEqual(lowPassZeroPhase(b, 1, RATE_HZ, 300));
    expect(both).toEqual(before);
  });

  test('is linear', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 100, noNaN: true }), (factor) => {
        const input = sine(90);
        const scaled = lowPassZeroPhase(
          input.map((v) => v * factor),
          1,
          RATE_HZ,
          200,
        );
        const plain = lowPassZeroPhase(input, 1, RATE_HZ, 200);
        for (const i of [10, 777, 1600]) expect(scaled[i]).toBeCloseTo((plain[i] as number) * factor, 3);
      }),
    );
  });
});
