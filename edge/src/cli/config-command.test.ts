import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function jostleEdge(args: string[], env: Record<string, string>) {
  return spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
}

test('config validate prints every key with its value, and hides the token', () => {
  const { status, stdout } = jostleEdge(['config', 'validate'], {
    DEVICE_ID: 'BOX-A',
    DEVICE_TOKEN: 'hunter2',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/DEVICE_ID +BOX-A/);
  expect(stdout).toMatch(/DEVICE_TOKEN +\(hidden\)/);
  expect(stdout).toMatch(/MQTT_URL +mqtt:\/\/127\.0\.0\.1:1883/);
  expect(stdout).not.toContain('hunter2');
});

test('config validate refuses a shock recorder on an Arduino, with the reason', () => {
  const { status, stderr } = jostleEdge(['config', 'validate'], {
    DEVICE_ID: 'BOX-A',
    BOARD: 'firmata:/dev/ttyACM0',
    TILT_CHIP: 'adxl345@1d',
  });
  expect(status).toBe(78);
  expect(stderr).toMatch(/SHOCK_CHIP: must be none with BOARD: .*300 reads\/s over 57,600 baud/);
  expect(stderr).toMatch(/TILT_CHIP: must be none with BOARD/);
});

test('a simulated device is configured by itself, and takes nothing from a real one', () => {
  const { status, stdout } = jostleEdge(['config', 'validate', '--sim', 'demo'], {
    DEVICE_ID: 'BOX-A',
    DEVICE_TOKEN: 'hunter2',
    MQTT_URL: 'mqtts://broker.example',
    JOSTLE_DATA_DIR: '/srv/box',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/DEVICE_ID +SIM-1/);
  expect(stdout).toMatch(/DEVICE_TOKEN +unset/);
  expect(stdout).toMatch(/JOSTLE_DATA_DIR +\/srv\/box\/sim-demo/);
  expect(stdout).not.toContain('broker.example');
});

test.each(['config validate', 'run'])('%s names every wrong key at once and exits with 78', (command) => {
  const { status, stderr } = jostleEdge(command.split(' '), {
    DEVICE_ID: 'box',
    MQTT_URL: 'nowhere',
    I2C_BUS: '-1',
  });
  expect(status).toBe(78);
  for (const key of ['DEVICE_ID', 'MQTT_URL', 'I2C_BUS']) expect(stderr).toContain(key);
});
