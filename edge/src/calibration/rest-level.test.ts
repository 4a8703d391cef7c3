import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { restLevel } from './rest-level.ts';
import { restAround } from './testing/rests.ts';

const LEVEL = { x: 0.7, y: -1.1, z: 1.4 };
/** As strong as an ADXL375's own noise, 0.1 g, and the same each time. */
const chipNoise = (sample: number, axis: number) =>
  0.1 * Math.SQRT2 * Math.sin(2.4 * sample + axis) * Math.sign(Math.sin(0.7 * sample * (axis + 1)) || 1);

test('a chip that only hisses is still, and its mean is found', () => {
  const level = restLevel(restAround(LEVEL, chipNoise));
  expect(level).toMatchObject({ kind: 'still', samples: 4000 });
  if (level.kind !== 'still') return;
  expect(level.meanG.x).toBeCloseTo(0.7, 2);
  expect(level.meanG.y).toBeCloseTo(-1.1, 2);
  expect(level.meanG.z).toBeCloseTo(1.4, 2);
});

test('a phone on a table, recorded for a minute, is still', () => {
  const path = fileURLToPath(new URL('../../../tests/data/phone-drops/accel_static.txt', import.meta.url));
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/[\s,]+/).map(Number));
  const xyz = Float32Array.from(
    rows.flatMap(([, x = 0, y = 0, z = 0]) => [x, y, z]),
    (a) => a / STANDARD_GRAVITY_MPS2,
  );
  const level = restLevel({ xyz, periodMs: 5.035, lostSamples: 0, rangeG: 16 });
  expect(level.kind).toBe('still');
  if (level.kind !== 'still') return;
  expect(Math.hypot(...Object.values(level.meanG))).toBeCloseTo(0.993, 2);
  expect(Math.max(...Object.values(level.spreadG))).toBeLessThan(0.01);
});

test.each([
  ['carried at 2 Hz', (i: number) => 0.06 * Math.sin((2 * Math.PI * 2 * i) / 800), 'moving'],
  ['turned slowly', (i: number) => (0.15 * i) / 4000, 'moving'],
  ['beside an engine at 50 Hz', (i: number) => 0.4 * Math.sin((2 * Math.PI * 50 * i) / 800), 'moving'],
  ['knocked once', (i: number) => (i > 2000 && i < 2010 ? 5 : 0), 'moving'],
  ['stuck at its end', () => 199.5, 'clipped'],
])('a device that is %s is refused', (_, motion, reason) => {
  expect(restLevel(restAround(LEVEL, motion))).toMatchObject({ kind: 'refused', reason });
});

test('samples that are missing are refused', () => {
  const rest = restAround(LEVEL);
  expect(restLevel({ ...rest, lostSamples: 3 })).toMatchObject({ reason: 'samples-missing' });
  expect(restLevel({ ...rest, xyz: rest.xyz.subarray(0, 9000) })).toMatchObject({
    reason: 'samples-missing',
  });
  expect(restLevel({ ...rest, xyz: new Float32Array() })).toMatchObject({ reason: 'samples-missing' });
});
