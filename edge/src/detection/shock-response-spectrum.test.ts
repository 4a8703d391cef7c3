import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ResponseFilter, responseFilters, shockResponseSpectrum } from './shock-response-spectrum.ts';

const REFERENCE: {
  fn_hz: number[];
  half_sine_50g_11ms_fs100k: number[];
  half_sine_pvss_m_s: number[];
} = JSON.parse(
  readFileSync(new URL('../../../tests/data/reference-values/shock_srs.json', import.meta.url), 'utf8'),
);

function halfSine(peakG: number, ms: number, rateHz: number): Float64Array {
  const count = Math.floor((ms / 1000) * rateHz) + 1;
  return Float64Array.from({ length: count }, (_, i) =>
    Math.max(0, peakG * Math.sin((Math.PI * i * 1000) / rateHz / ms)),
  );
}

/** |H| of a filter at a frequency. */
function gainAt({ b0, b1, b2, a1, a2 }: ResponseFilter, hz: number, rateHz: number): number {
  const w = (2 * Math.PI * hz) / rateHz;
  const size = (c0: number, c1: number, c2: number) =>
    Math.hypot(c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w), -c1 * Math.sin(w) - c2 * Math.sin(2 * w));
  return size(b0, b1, b2) / size(1, a1, a2);
}

test.each([
  [10_000, [0.003790804213, 0.002616049589, -0.002472683162, -1.989802341985, 0.993736512625]],
  [3200, [0.016104093189, 0.025289874538, -0.003339350665, -1.942501939084, 0.980556556146]],
])('an oscillator of 100 Hz and Q = 10 at %i Hz has the coefficients of ISO 18431-4', (rateHz, expected) => {
  const { b0, b1, b2, a1, a2 } = responseFilters(100, rateHz, 10).absolute;
  for (const [i, value] of [b0, b1, b2, a1, a2].entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 11);
});

describe('the spectrum of a half-sine of 50 g and 11 ms', () => {
  test('is that of two independent programs to 0.01 %, its pseudo-velocity too', () => {
    const lines = shockResponseSpectrum(halfSine(50, 11, 100_000), 100_000, REFERENCE.fn_hz);
    expect(lines).toHaveLength(8);
    for (const [i, line] of lines.entries()) {
      expect(line.maximaxG / (REFERENCE.half_sine_50g_11ms_fs100k[i] ?? 0)).toBeCloseTo(1, 4);
      expect(line.pseudoVelocityMps / (REFERENCE.half_sine_pvss_m_s[i] ?? 0)).toBeCloseTo(1, 3);
    }
  });

  /** Natural frequency, maximax of the differential equation, of the filter at 3200 Hz, negative side, g. */
  const TABLE = [
    [10, 20.2588, 20.2514, 17.3105],
    [20, 39.1556, 39.1395, 33.4572],
    [50, 76.3143, 76.2278, 65.2187],
    [72.727, 82.5497, 82.415, 66.0908],
    [80, 82.4137, 82.3572, 62.177],
    [100, 79.5698, 79.4448, 43.6686],
    [200, 56.9803, 56.903, 14.2094],
    [500, 52.3509, 52.118, 3.4949],
    [1000, 50.3782, 50.2989, 2.1763],
  ] as const;

  test.each(TABLE)(
    'at %d Hz is within 1 % of the differential equation, sampled at 3200 Hz',
    (hz, exact, at3200) => {
      const [line] = shockResponseSpectrum(halfSine(50, 11, 3200), 3200, [hz]);
      expect(Math.abs((line?.maximaxG ?? 0) / exact - 1)).toBeLessThan(0.01);
      expect(line?.maximaxG).toBeCloseTo(at3200, 3);
      expect(line?.positiveG).toBe(line?.maximaxG);
    },
  );

  test.each(TABLE)('at %d Hz has its negative side', (hz, _exact, _at3200, negative) => {
    const [line] = shockResponseSpectrum(halfSine(50, 11, 200_000), 200_000, [hz]);
    expect((line?.negativeG ?? 0) / negative).toBeCloseTo(1, 3);
  });
});

const pulse = fc.array(fc.double({ min: -200, max: 200, noNaN: true }), { minLength: 1, maxLength: 60 });
const frequency = fc.double({ min: 5, max: 700, noNaN: true });
const quality = fc.constantFrom(5, 10, 25, 50);

describe('any spectrum', () => {
  test('is not changed by silence after the shock, nor before it', () => {
    fc.assert(
      fc.property(pulse, frequency, quality, fc.nat(400), fc.nat(400), (signal, hz, q, before, after) => {
        const silence = (count: number) => new Array<number>(count).fill(0);
        const [bare] = shockResponseSpectrum(signal, 3200, [hz], q);
        const [padded] = shockResponseSpectrum(
          [...silence(before), ...signal, ...silence(after)],
          3200,
          [hz],
          q,
        );
        expect(padded?.maximaxG).toBeCloseTo(bare?.maximaxG ?? 0, 9);
        expect(padded?.positiveG).toBeCloseTo(bare?.positiveG ?? 0, 9);
        expect(padded?.pseudoVelocityMps).toBeCloseTo(bare?.pseudoVelocityMps ?? 0, 9);
      }),
    );
  });

  test('is k times as large for a shock k times as large, and turned over for its opposite', () => {
    fc.assert(
      fc.property(pulse, frequency, fc.double({ min: 0.1, max: 10, noNaN: true }), (signal, hz, k) => {
        const [one] = shockResponseSpectrum(signal, 3200, [hz]);
        const [more] = shockResponseSpectrum(
          signal.map((g) => g * k),
          3200,
          [hz],
        );
        const [turned] = shockResponseSpectrum(
          signal.map((g) => -g),
          3200,
          [hz],
        );
        expect(more?.maximaxG).toBeCloseTo(k * (one?.maximaxG ?? 0), 6);
        expect(more?.pseudoVelocityMps).toBeCloseTo(k * (one?.pseudoVelocityMps ?? 0), 6);
        expect(turned?.negativeG).toBeCloseTo(one?.positiveG ?? 0, 9);
        expect(turned?.positiveG).toBeCloseTo(one?.negativeG ?? 0, 9);
      }),
    );
  });
});

test('both filters have the gain of the oscillator within 10 % up to a sixth of the rate, and 1 at DC', () => {
  const belowSixth = fc.double({ min: 1, max: 530, noNaN: true });
  fc.assert(
    fc.property(belowSixth, belowSixth, quality, (naturalHz, hz, q) => {
      const { absolute, relative } = responseFilters(naturalHz, 3200, q);
      const r = hz / naturalHz;
      const resonance = Math.hypot(1 - r * r, r / q);
      expect(Math.abs((gainAt(absolute, hz, 3200) * resonance) / Math.hypot(1, r / q) - 1)).toBeLessThan(0.1);
      expect(Math.abs(gainAt(relative, hz, 3200) * resonance - 1)).toBeLessThan(0.1);
      expect(gainAt(relative, 0, 3200)).toBeCloseTo(1, 6);
      expect(gainAt(absolute, 0, 3200)).toBeCloseTo(1, 6);
    }),
    { numRuns: 500 },
  );
});
