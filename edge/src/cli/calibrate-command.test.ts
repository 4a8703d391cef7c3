import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { calibrationPath, readCalibrations, writeCalibrations } from '../calibration/calibration-file.ts';
import { NO_CALIBRATIONS, withCalibration } from '../calibration/calibration-history.ts';

/** The commands by which a tech proves a recorder, as they are started at a desk and on a device. */

const TOOL = fileURLToPath(new URL('../../bin/jostle-edge.js', import.meta.url));

function tool(args: string, env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...args.split(' ')], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    input: '',
  });
  return { status, stdout, stderr };
}

describe('calibrate on simulated hardware', { timeout: 120_000 }, () => {
  test('finds the zero offset of the chip at rest, to a few thousandths of a g', () => {
    const { status, stdout, stderr } = tool('calibrate --mount +x,+y,+z --json --sim calibrate');
    expect(status).toBe(0);
    expect(stderr).toContain('1 of 1  Lay the device on its base');
    const { entry, sensor } = JSON.parse(stdout);
    expect(sensor).toBe('adxl375-53');
    expect(entry).toMatchObject({ how: 'at-rest', replaces: 'none' });
    expect(entry.temperatureC).toBeCloseTo(20, 1);
    expect(entry.calibration.offsetG.x).toBeCloseTo(0.7, 2);
    expect(entry.calibration.offsetG.y).toBeCloseTo(-1.1, 2);
    expect(entry.calibration.offsetG.z).toBeCloseTo(0.4, 2);
  });

  test('finds offset, scale and mounting on six faces', () => {
    const { status, stdout, stderr } = tool('calibrate --six-position --sim calibrate');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^SIMULATED, journey calibrate/);
    for (const face of ['base', 'top', 'left side', 'right side', 'front', 'back'])
      expect(stdout).toContain(`Lay the device on its ${face}`);
    expect(stdout).toMatch(/^y +-1\.(10|099)\d* g +(1\.00|0\.99)\d+ +\+y$/m);
    expect(stdout).toContain('systemctl restart jostle-edge');
  });

  test('refuses a device that moves, and one that is never turned, each with what to do', () => {
    const moving = tool('calibrate --mount +x,+y,+z --sim demo');
    expect(moving.status).toBe(1);
    expect(moving.stdout).toMatch(/^Not calibrated: the device moved: .*\n→ Lay it on something/m);
    const same = tool('calibrate --six-position --json --sim quiet');
    expect(same.status).toBe(1);
    expect(JSON.parse(same.stdout)).toMatchObject({ kind: 'refused', reason: 'not-turned' });
  });

  test('asks how the chip is mounted before it measures at rest for the first time', () => {
    const { status, stdout } = tool('calibrate --json --sim calibrate');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      reason: 'mounting-unknown',
      fix: expect.stringContaining('--mount'),
    });
  });

  test.each(['x,y', 'x,y,-z'])('refuses the mounting %s', (mount) => {
    const { status, stderr } = tool(`calibrate --mount ${mount} --sim quiet`);
    expect(status).toBe(1);
    expect(stderr).toContain('right-handed');
  });
});

describe('the calibrations of a device', { timeout: 120_000 }, () => {
  function device() {
    const dataDir = mkdtempSync(join(tmpdir(), 'jostle-calibrate-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const path = calibrationPath(dataDir);
    return { path, env: { DEVICE_ID: 'BOX-A', JOSTLE_DATA_DIR: dataDir, I2C_BUS: '63' } };
  }
  const residuals = { spreadG: 0.01, normErrorG: null, tiltDeg: null };
  const fit = { kind: 'fitted' as const, values: UNCALIBRATED, residuals };
  const made = { how: 'at-rest' as const, temperatureC: null };
  const first = withCalibration(NO_CALIBRATIONS, 'adxl375-53', fit, { ...made, madeAt: 0 });
  const second = withCalibration(first.history, 'adxl375-53', fit, { ...made, madeAt: 1 });

  test('are shown, and undone one by one without being forgotten', () => {
    const { path, env } = device();
    writeCalibrations(path, second.history);
    expect(JSON.parse(tool('calibrate --show --json', env).stdout)).toMatchObject({
      sensor: 'adxl375-53',
      current: second.entry,
      history: [first.entry, second.entry],
    });
    const undone = tool('calibrate --undo', env);
    expect(undone.status).toBe(0);
    expect(undone.stdout).toContain(`${second.entry.calibration.id} is undone`);
    expect(readCalibrations(path).sensors['adxl375-53']).toEqual({
      current: first.entry.calibration.id,
      history: [first.entry, second.entry],
    });
  });

  test('that cannot be read are named by their code, and are not overwritten', () => {
    const { path, env } = device();
    writeFileSync(path, '{');
    for (const args of ['calibrate', 'calibrate --show', 'calibrate --undo']) {
      const { status, stderr } = tool(args, env);
      expect(status).toBe(1);
      expect(stderr).toContain('EDGE_CALIBRATION_UNREADABLE');
    }
    expect(readFileSync(path, 'utf8')).toBe('{');
  });
});

describe('tap-test and selftest on simulated hardware', { timeout: 120_000 }, () => {
  test('a tap is shown with peak, duration and velocity change, and whether it would be stored', () => {
    const { status, stdout, stderr } = tool('tap-test --taps 4 --sim taps');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // A half-sine of 12 g and 6 ms changes the velocity by 2 A T / π = 0.449 m/s; one of 4 g stays below the trigger.
    expect(stdout).toMatch(
      /^tap 1 {2}peak 1[12]\.\d g, 6\.\d ms, 0\.4\d m\/s, adxl375-53 at 80\d Hz, would be stored$/m,
    );
    expect(stdout).toMatch(/^tap 4 .* would not be stored\n +SHOCK_TRIGGER_G is 5 g, this was 4\.\d+$/m);
  });

  test('the number of taps must be one', () => {
    expect(tool('tap-test --taps 0 --sim taps').stderr).toContain('whole number from 1 to 100');
  });

  test('every sensor proves itself, and one that is missing fails', () => {
    const well = tool('selftest --json --sim demo');
    expect(well.status).toBe(0);
    const { verdict, checks } = JSON.parse(well.stdout);
    expect(verdict).toBe('ok');
    expect(checks.map(({ check }: { check: string }) => check)).toEqual([
      'sht31d-44 identity',
      'sht31d-44 heater',
      'bme280-76 identity',
      'adxl375-53 identity',
      'adxl375-53 self-test',
      'sht31d-44 values',
      'sht31d-44 replies',
      'bme280-76 values',
      'bme280-76 replies',
    ]);
    const missing = tool('selftest --sim unplugged');
    expect(missing.status).toBe(1);
    expect(missing.stdout).toMatch(/^FAIL +bme280-76 identity +no answer$/m);
  });
});
