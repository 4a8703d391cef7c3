import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UNCALIBRATED } from './calibration.ts';
import { calibrationPath, readCalibrations, writeCalibrations } from './calibration-file.ts';
import { NO_CALIBRATIONS, withCalibration } from './calibration-history.ts';

const { history } = withCalibration(
  NO_CALIBRATIONS,
  'adxl375-53',
  {
    kind: 'fitted',
    values: { ...UNCALIBRATED, offsetG: { x: 0.7, y: -1.1, z: 0.4 } },
    residuals: { spreadG: 0.01, normErrorG: 0.002, tiltDeg: 1 },
  },
  { madeAt: 0, how: 'six-position', temperatureC: null },
);

function dataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-calibration-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('what is written is read again; only its owner may, and nothing else is left in the folder', () => {
  const folder = join(dataDir(), 'not', 'yet', 'there');
  const path = calibrationPath(folder);
  writeCalibrations(path, history);
  writeCalibrations(path, history);
  expect(readCalibrations(path)).toEqual(history);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['calibration.json']);
});

test('no file is no calibration', () => {
  expect(readCalibrations(calibrationPath(dataDir()))).toEqual(NO_CALIBRATIONS);
});

test('what a writer left behind that died half-way does no harm', () => {
  const path = calibrationPath(dataDir());
  writeCalibrations(path, history);
  writeFileSync(`${path}.new`, '{"version":1,"sens');
  expect(readCalibrations(path)).toEqual(history);
  writeCalibrations(path, NO_CALIBRATIONS);
  expect(readCalibrations(path)).toEqual(NO_CALIBRATIONS);
});

const text = JSON.stringify(history);
test.each([
  ['cut off', text.slice(0, 100)],
  ['empty', ''],
  ['of another version', text.replace('"version":1', '"version":2')],
  ['with a scale of another chip', text.replace('"x":1,', '"x":3,')],
  ['with a mirrored mounting', text.replace('"+z"', '"-z"')],
  ['without the one in use', text.replace(/"current":"[^"]+"/, '"current":"20250101-00000000"')],
])('a file that is %s is named as unreadable, with what to do', (_, content) => {
  const path = calibrationPath(dataDir());
  writeFileSync(path, content);
  expect(() => readCalibrations(path)).toThrow(
    expect.objectContaining({
      code: 'EDGE_CALIBRATION_UNREADABLE',
      message: expect.stringContaining('calibrate again'),
    }),
  );
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('a file that cannot be written is named, and nothing is lost', () => {
  const path = calibrationPath(dataDir());
  mkdirSync(path);
  expect(() => writeCalibrations(path, history)).toThrow(
    expect.objectContaining({ code: 'EDGE_CALIBRATION_UNWRITABLE' }),
  );
});
