import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

/** The tool as it is started at a desk: without any configuration, on simulated hardware. */

const TOOL = fileURLToPath(new URL('../../bin/jostle-edge.js', import.meta.url));
const ENV = { PATH: process.env['PATH'] };

function tool(args: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...args.split(' ')], {
    env: ENV,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('on simulated hardware', () => {
  test('the scan names the chips of the kit', () => {
    const { status, stdout } = tool('i2c scan --sim demo');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^SIMULATED, journey demo/);
    expect(stdout).toMatch(/^0x44 +SHT3x +as configured$/m);
    expect(stdout).toMatch(/^0x53 +ADXL375 or ADXL345 +as configured$/m);
    expect(stdout).toMatch(/^0x76 +BME280 +as configured$/m);
  });

  test('the doctor finds nothing wrong with a device in good order, and says the same each time', () => {
    const first = tool('doctor --sim demo');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain('All is well.');
    expect(first.stdout).toMatch(/^ok +adxl375-53 at rest +\|g\| = 1\.0/m);
    expect(tool('doctor --sim demo')).toEqual(first);
  });

  test('the doctor finds a sensor that is not plugged in', () => {
    const { status, stdout } = tool('doctor --json --sim unplugged');
    expect(status).toBe(1);
    const { verdict, journey, checks } = JSON.parse(stdout);
    expect({ verdict, journey }).toEqual({ verdict: 'fail', journey: 'unplugged' });
    expect(checks).toContainEqual({
      check: 'bme280-76 identity',
      verdict: 'fail',
      found: 'no answer',
      fix: 'Check cable, supply, address jumper and `jostle-edge i2c scan`.',
    });
  });

  test('live shows the fall of a parcel as a line with its peak, and ends after its seconds', () => {
    const { status, stdout, stderr } = tool('live --sim drop --seconds 7');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').filter((line) => line.startsWith('08:00:'));
    expect(lines).toHaveLength(7);
    const peaks = lines.map((line) => Number(/peak ([\d.]+) g/.exec(line)?.[1]));
    expect(Math.max(...peaks.slice(0, 4))).toBeLessThan(2);
    // 0.8 m with a rebound of 0.1 in 12 ms: π ΔV / (2 g D) = 58.2 g and the weight, before noise and sampling.
    expect(Math.max(...peaks)).toBeGreaterThan(53);
    expect(Math.max(...peaks)).toBeLessThan(61);
    expect(lines.at(-1)).toMatch(/sht31d-44 20\.0 °C, 45\.0 %RH/);
  });

  test('live ends on Ctrl-C with 0', async () => {
    const child = spawn(process.execPath, [TOOL, 'live', '--sim', 'quiet'], { env: ENV });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('08:00:01')) child.kill('SIGINT');
    });
    expect(await ended).toEqual([0, null]);
    expect(printed).not.toContain('08:00:03');
  });

  test('status shows what an agent would answer', () => {
    const { status, stdout } = tool('status --sim unplugged');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^last receipt +42 s ago$/m);
    expect(stdout).toMatch(/^bme280-76 +absent: no answer: nack/m);
  });

  test('a journey that does not exist is refused with those that do', () => {
    const { status, stderr } = tool('live --sim moon');
    expect(status).toBe(78);
    expect(stderr).toContain('demo, quiet, drop, unplugged');
  });
});

describe('on this machine', () => {
  test('the doctor names every wrong key as a failed check', () => {
    const { status, stdout } = tool('doctor');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL +configuration +DEVICE_ID: is required$/m);
  });
});
