import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@jostle/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { calibrationPath } from '../calibration/calibration-file.ts';
import { NO_CALIBRATIONS, withCalibration } from '../calibration/calibration-history.ts';
import { AgentConfig } from '../config.ts';
import { calibrationChecks, sensingAt } from './calibration-store.ts';
import { historyText } from './calibration-text.ts';
import { thisMachine } from './this-machine.ts';

const SENSOR = 'adxl375-53';
const NOW_MS = Date.parse('2025-01-09T08:00:00Z');

function station(env: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'jostle-calibration-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const config = readConfig(AgentConfig, { DEVICE_ID: 'BOX-A', JOSTLE_DATA_DIR: dataDir, ...env }, () => '');
  const clock = { wallMs: () => NOW_MS, monotonicMs: () => 0, quality: () => 'ntp' as const };
  return { dataDir, ...thisMachine(config, clock) };
}

const { history, entry } = withCalibration(
  NO_CALIBRATIONS,
  SENSOR,
  {
    kind: 'fitted',
    values: {
      offsetG: { x: 0.7, y: -1.1, z: 0.4 },
      scale: { x: 1, y: 1.01, z: 1 },
      axes: ['-y', '+x', '+z'],
    },
    residuals: { spreadG: 0.011, normErrorG: 0.002, tiltDeg: 0.4 },
  },
  { madeAt: Date.parse('2025-01-06T07:00:00Z'), how: 'six-position', temperatureC: 20.04 },
);

test('the doctor says with what the recorder is calibrated, and the sensors are taken so', () => {
  const at = station();
  at.calibrations.write(history);
  expect(calibrationChecks(at)).toEqual([
    expect.objectContaining({
      check: 'adxl375-53 calibration',
      verdict: 'ok',
      found: `${entry.calibration.id}, made in six positions 3 days ago`,
    }),
  ]);
  expect(sensingAt(at).shock?.calibration).toEqual(entry.calibration);
});

test('a tilt chip has its own calibration, or none', () => {
  const at = station({ TILT_CHIP: 'adxl345@1d' });
  at.calibrations.write(history);
  expect(calibrationChecks(at)).toMatchObject([
    { check: 'adxl375-53 calibration', found: expect.stringContaining(entry.calibration.id) },
    { check: 'adxl345-1d calibration', verdict: 'ok', found: expect.stringMatching(/^none/) },
  ]);
});

test('no calibration is no fault, and no shock recorder has none', () => {
  expect(calibrationChecks(station())).toMatchObject([
    { verdict: 'ok', found: expect.stringMatching(/^none/) },
  ]);
  expect(calibrationChecks(station({ SHOCK_CHIP: 'none' }))).toEqual([]);
});

test('a damaged file is a failed check that says what to do, and the sensors are taken as they read', () => {
  const at = station();
  writeFileSync(calibrationPath(at.dataDir), '{');
  expect(calibrationChecks(at)).toMatchObject([
    { verdict: 'fail', fix: expect.stringContaining('move it away and calibrate again') },
  ]);
  expect(sensingAt(at).shock?.calibration).toEqual(UNCALIBRATED);
});

test('what is stored is shown by chip axis, with what it leaves unexplained and what was before', () => {
  const later = withCalibration(
    history,
    SENSOR,
    {
      kind: 'fitted',
      values: entry.calibration,
      residuals: { spreadG: 0.012, normErrorG: null, tiltDeg: null },
    },
    { madeAt: NOW_MS, how: 'at-rest', temperatureC: null },
  );
  const text = historyText(SENSOR, later.history);
  expect(text).toContain(`${SENSOR}  ${later.entry.calibration.id}`);
  expect(text).toContain('made 2025-01-09 08:00 UTC at rest on its base; steady within 12 mg\n');
  expect(text).toMatch(/^x +0\.700 g +1\.0000 +\+y$/m);
  expect(text).toMatch(/^y +-1\.100 g +1\.0100 +−x$/m);
  expect(text).toMatch(new RegExp(`^${later.entry.calibration.id} +2025-01-09 .* in use$`, 'm'));
  expect(text).toMatch(
    new RegExp(`^${entry.calibration.id} +2025-01-06 +on six faces +0\\.70, -1\\.10, 0\\.40$`, 'm'),
  );
  expect(historyText(SENSOR, history)).toContain(
    'at 20.0 °C; steady within 11 mg, |g| within 2 mg, faces within 0.4° of the axes',
  );
});
