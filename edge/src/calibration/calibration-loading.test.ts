import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { UNCALIBRATED } from './calibration.ts';
import { calibrationPath, writeCalibrations } from './calibration-file.ts';
import { NO_CALIBRATIONS, withCalibration } from './calibration-history.ts';
import { loadCalibrations } from './calibration-loading.ts';

function loading() {
  const dataDir = mkdtempSync(join(tmpdir(), 'jostle-calibration-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const lines: unknown[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { dataDir, lines, load: () => loadCalibrations(dataDir, log) };
}

test('an agent starts with the calibrations of its folder and says which', () => {
  const { dataDir, lines, load } = loading();
  const { history, entry } = withCalibration(
    NO_CALIBRATIONS,
    'adxl375-53',
    { kind: 'fitted', values: UNCALIBRATED, residuals: { spreadG: 0.01, normErrorG: null, tiltDeg: null } },
    { madeAt: 0, how: 'at-rest', temperatureC: null },
  );
  writeCalibrations(calibrationPath(dataDir), history);
  expect(load()).toEqual(history);
  expect(lines).toMatchObject([{ sensor: 'adxl375-53', calibrationId: entry.calibration.id }]);
});

test('an agent with a damaged file starts uncalibrated and says so', () => {
  const { dataDir, lines, load } = loading();
  writeFileSync(calibrationPath(dataDir), '{"version":1,');
  expect(load()).toEqual(NO_CALIBRATIONS);
  expect(lines).toMatchObject([{ level: 50, code: 'EDGE_CALIBRATION_UNREADABLE' }]);
});
