import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccelerometerGlance, ClimateGlance } from './glance.ts';
import { frameText, lineText, shockBar } from './live-text.ts';

const AT = Date.parse('2025-01-06T08:00:05Z');
const CLIMATE: ClimateGlance = {
  kind: 'climate',
  sensor: 'sht31d-44',
  reading: { temperatureC: 21, relativeHumidityPct: 42 },
  ageMs: 200,
  readEveryMs: 250,
  replies: 400,
  errors: 0,
  fault: null,
};
const SHOCK: AccelerometerGlance = {
  kind: 'shock',
  sensor: 'adxl375-53',
  samples: 800,
  lostSamples: 0,
  peakG: 57.23,
  isClipped: false,
  meanG: [0, 0, 1],
  unrestG: 0.1,
  rateHz: 800,
  nominalHz: 800,
  fault: null,
};
const both = (climate: Partial<ClimateGlance>, shock: Partial<AccelerometerGlance>) => ({
  atMs: AT,
  highestG: 60,
  glances: [
    { ...CLIMATE, ...climate },
    { ...SHOCK, ...shock },
  ],
});

test('a frame has a row per sensor and a bar', () => {
  const text = frameText(both({}, {}));
  expect(text).toMatch(/^08:00:05 UTC/);
  expect(text).toMatch(/^sht31d-44 +21\.0 °C, 42\.0 %RH +ok$/m);
  expect(text).toMatch(/^adxl375-53 +peak 57\.2 g \(800 samples\) +ok$/m);
  expect(text).toMatch(/█+·+ 200 g {3}peak 57\.2 g, highest 60\.0 g$/m);
});

test('a line says the same to a file', () => {
  expect(lineText(both({}, {}))).toMatch(
    /^08:00:05 {2}sht31d-44 21\.0 °C, 42\.0 %RH \| adxl375-53 peak 57\.2 g \(800 samples\) █+·+\n$/,
  );
});

test('a tilt chip has a row of its own, and the bar stays that of the shock recorder', () => {
  const frame = both({}, {});
  const tilt = { ...SHOCK, kind: 'tilt' as const, sensor: 'lis3dh-18', peakG: 1.04, samples: 50 };
  const text = frameText({ ...frame, glances: [tilt, ...frame.glances] });
  expect(text).toMatch(/^lis3dh-18 +peak 1\.0 g \(50 samples\) +ok$/m);
  expect(text).toMatch(/200 g {3}peak 57\.2 g/);
  expect(frameText({ ...frame, glances: [tilt] })).not.toContain('200 g');
});

test('a clipped peak is shown as a lower bound', () => {
  expect(frameText(both({}, { isClipped: true, peakG: 200.6 }))).toContain('peak ≥ 200.6 g');
});

test.each<[state: string, climate: Partial<ClimateGlance>]>([
  ['stale: no good reply for 3 s: nack', { fault: 'stale: no good reply for 3 s: nack', ageMs: 3100 }],
  ['no new value for 3 s', { ageMs: 3001 }],
  ['waiting for the first value', { reading: null, ageMs: null }],
])('an old value is never shown: %s', (state, climate) => {
  const frame = both(climate, {});
  for (const text of [frameText(frame), lineText(frame)]) {
    expect(text).toContain(state);
    expect(text).not.toContain('21.0');
  }
});

test.each<[state: string, shock: Partial<AccelerometerGlance>]>([
  ['12 samples lost', { lostSamples: 12 }],
  ['no samples', { samples: 0, peakG: null, meanG: null }],
  ['reset: the settings were gone', { fault: 'reset: the settings were gone' }],
])('the shock recorder says what is wrong with it: %s', (state, shock) => {
  expect(frameText(both({}, shock))).toContain(state);
});

test('without a shock recorder there is no bar', () => {
  const text = frameText({ atMs: AT, highestG: 0, glances: [CLIMATE] });
  expect(text).not.toContain('200 g');
});

test('the bar is empty at rest, full at the range, grows with the peak and keeps its width', () => {
  expect(shockBar(1)).toBe('·'.repeat(40));
  expect(shockBar(null)).toBe('·'.repeat(40));
  expect(shockBar(200)).toBe('█'.repeat(40));
  const fullOf = (bar: string) => bar.replaceAll('·', '').length;
  const peak = fc.double({ min: 0, max: 500, noNaN: true });
  fc.assert(
    fc.property(peak, peak, (a, b) => {
      expect(shockBar(a, 20)).toHaveLength(20);
      if (a <= b) expect(fullOf(shockBar(a))).toBeLessThanOrEqual(fullOf(shockBar(b)));
    }),
  );
});
