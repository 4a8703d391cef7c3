import { packWaveform } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { samplesOf } from './waveform.ts';

it('unpacks what a device packed, with times from the trigger and the resultant', async () => {
  const samples = await samplesOf(packWaveform([0, 0, 1, 3, 4, 0, -200, 0.05, 0], 800, 1.25, 0.05));
  expect(samples.ms).toEqual([-1.25, 0, 1.25]);
  expect(samples.x.map((g) => g.toFixed(2))).toEqual(['0.00', '3.00', '-200.00']);
  expect(samples.y.map((g) => g.toFixed(2))).toEqual(['0.00', '4.00', '0.05']);
  expect(samples.z.map((g) => g.toFixed(2))).toEqual(['1.00', '0.00', '0.00']);
  expect(samples.resultant.map((g) => g.toFixed(2))).toEqual(['1.00', '5.00', '200.00']);
});

it('refuses a damaged stream', async () => {
  await expect(samplesOf({ rateHz: 800, preMs: 0, scaleG: 1, xyz: btoa('no deflate') })).rejects.toThrow();
});
