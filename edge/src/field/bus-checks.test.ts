import { expect, test } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { DEFAULT_SENSING } from '../sensing/sensing-config.ts';
import { expectedChips, identityCheck, sensorChecks } from './bus-checks.ts';
import type { Answer } from './bus-scan.ts';
import { CHIP_KINDS } from './chip-catalogue.ts';
import type { AccelerometerGlance, ClimateGlance } from './glance.ts';

const chip = (name: string): Answer => {
  const kind = CHIP_KINDS.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new Error(`${name} is not in the catalogue`);
  return { kind: 'chip', chip: kind };
};
const SHT31 = { chip: 'sht31d', address: 0x44 };
const CLIMATE: ClimateGlance = {
  kind: 'climate',
  sensor: 'sht31d-44',
  reading: { temperatureC: 21.04, relativeHumidityPct: 42 },
  ageMs: 400,
  readEveryMs: 250,
  replies: 400,
  errors: 0,
  fault: null,
};
const SHOCK: AccelerometerGlance = {
  kind: 'shock',
  sensor: 'adxl375-53',
  samples: 2800,
  lostSamples: 0,
  peakG: 1.4,
  isClipped: false,
  meanG: [0, 0, 1.02],
  unrestG: 0.17,
  rateHz: 803,
  nominalHz: 800,
  fault: null,
};

test('every configured chip is expected', () => {
  expect(expectedChips(DEFAULT_SENSING).map(({ address }) => address)).toEqual([0x44, 0x76, 0x53]);
  const tilt = { chip: 'lis3dh' as const, address: 0x18, calibration: UNCALIBRATED };
  expect(expectedChips({ ...DEFAULT_SENSING, tilt }).at(-1)).toMatchObject({ address: 0x18 });
  expect(expectedChips({ ...DEFAULT_SENSING, shock: null, climate: [] })).toEqual([]);
});

test.each<[verdict: string, found: RegExp, answer: Answer]>([
  ['ok', /answers as SHT3x/, chip('SHT3x')],
  ['fail', /sht31d is configured here/, chip('SHT4x')],
  ['fail', /another chip answers/, { kind: 'stranger' }],
  ['fail', /no answer/, { kind: 'silent' }],
  ['fail', /does not let it be asked/, { kind: 'held' }],
])('an identity is %s: %s', (verdict, found, answer) => {
  const line = identityCheck(SHT31, { address: 0x44, answer });
  expect(line).toMatchObject({ verdict, found: expect.stringMatching(found) });
});

test.each<[verdict: string, found: RegExp, change: Partial<ClimateGlance>]>([
  ['ok', /fresh: 21\.0 °C, 42\.0 %RH/, {}],
  ['fail', /the last value is 4 s old/, { ageMs: 4000 }],
  ['fail', /no value came/, { reading: null, ageMs: null }],
  ['fail', /corrupt: bad checksum/, { fault: 'corrupt: bad checksum' }],
])('climate values are %s: %s', (verdict, found, change) => {
  expect(sensorChecks({ ...CLIMATE, ...change })).toMatchObject([
    { verdict, found: expect.stringMatching(found) },
    { check: 'sht31d-44 replies', verdict: 'ok' },
  ]);
});

test.each<[verdict: string, found: RegExp, errors: number, replies: number]>([
  ['ok', /^0 of 400 transfers/, 0, 400],
  ['ok', /^10 of 1,000 transfers failed$/, 10, 990],
  ['warn', /^11 of 1,000 transfers failed \(1 %\)/, 11, 989],
  ['skipped', /nothing was asked/, 0, 0],
])('replies are %s: %s', (verdict, found, errors, replies) => {
  expect(sensorChecks({ ...CLIMATE, errors, replies })[1]).toMatchObject({
    verdict,
    found: expect.stringMatching(found),
  });
});

test.each<[samples: string, rest: string, found: RegExp, change: Partial<AccelerometerGlance>]>([
  ['ok', 'ok', /803 Hz, 0 lost.*\|g\| = 1\.02$/, {}],
  ['warn', 'ok', /31 lost/, { lostSamples: 31 }],
  ['warn', 'ok', /741 Hz/, { rateHz: 741 }],
  ['ok', 'warn', /moving/, { unrestG: 0.8 }],
  ['ok', 'warn', /\|g\| = 1\.61 \(0\.00, 0\.00, 1\.61\)/, { meanG: [0, 0, 1.61] }],
  ['ok', 'fail', /an ADXL345/, { meanG: [0, 0, 12.5] }],
  ['ok', 'ok', /3217 Hz/, { sensor: 'adxl372-1d', rateHz: 3217, nominalHz: 3200, unrestG: 0.7 }],
  ['warn', 'ok', /1600 Hz/, { sensor: 'adxl372-1d', rateHz: 1600, nominalHz: 3200 }],
  ['ok', 'ok', /1344 Hz/, { sensor: 'lis3dh-18', rateHz: 1344, nominalHz: 1344 }],
  ['ok', 'ok', /51 Hz/, { kind: 'tilt', sensor: 'lis3dh-18', rateHz: 51, nominalHz: 50 }],
  ['warn', 'ok', /60 Hz/, { kind: 'tilt', sensor: 'lis3dh-18', rateHz: 60, nominalHz: 50 }],
  ['ok', 'fail', /an ADXL375/, { sensor: 'adxl345-53', meanG: [0, 0.02, 0.08] }],
  ['fail', 'skipped', /no sample came.*no samples to judge/, { samples: 0, meanG: null, peakG: null }],
  ['fail', 'skipped', /absent: no answer/, { fault: 'absent: no answer' }],
])('the samples of an accelerometer are %s and rest is %s: %s', (samples, rest, found, change) => {
  const lines = sensorChecks({ ...SHOCK, ...change });
  expect(lines.map(({ verdict }) => verdict)).toEqual([samples, rest]);
  expect(lines.map((line) => line.found).join(' · ')).toMatch(found);
});

test.each([
  ['shock', 'Run `jostle-edge calibrate` with'],
  ['tilt', 'Run `jostle-edge calibrate --tilt` with'],
] as const)('a %s chip that does not read 1 g at rest is to be calibrated as such', (kind, fix) => {
  const [, rest] = sensorChecks({ ...SHOCK, kind, meanG: [0, 0, 1.61] });
  expect(rest).toMatchObject({ verdict: 'warn', fix: expect.stringContaining(fix) });
});
