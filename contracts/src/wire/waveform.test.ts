import { expect, test } from 'vitest';
import { packWaveform, unpackWaveform } from './waveform.ts';

test('a waveform comes back within half a count', () => {
  const xyz = Float32Array.from({ length: 360 }, (_, i) => 120 * Math.sin(i / 7));
  const back = unpackWaveform(packWaveform(xyz, 800, 50, 0.049));
  expect(back).toHaveLength(xyz.length);
  for (const [i, value] of back.entries())
    expect(Math.abs(value - (xyz[i] ?? 0))).toBeLessThanOrEqual(0.0246);
});

test('a damaged waveform is an error, not a wrong curve', () => {
  expect(() => unpackWaveform({ rateHz: 800, preMs: 50, scaleG: 0.049, xyz: 'AAAA////' })).toThrow();
});
