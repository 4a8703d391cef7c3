import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

/** One terminal with the agent on simulated hardware, and a second one with the tool. */

const TOOL = fileURLToPath(new URL('../../bin/jostle-edge.js', import.meta.url));

let folder: string;
let agent: ChildProcess;
const env = () => ({ PATH: process.env['PATH'], JOSTLE_DATA_DIR: folder });

/** Starts the agent on simulated hardware; resolves when its sensors are read. */
async function runningAgent(journey: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [TOOL, 'run', '--sim', journey], { env: env() });
  for await (const line of createInterface({ input: child.stdout }))
    if (line.includes('hardware worker is ready')) break;
  // What it goes on to say is of no interest, but must be taken.
  child.stdout.resume();
  return child;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-desk-'));
  agent = await runningAgent('unplugged');
});
afterAll(() => {
  agent.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function tool(args: string) {
  const child = spawn(process.execPath, [TOOL, ...args.split(' ')], { env: env() });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, stdout, stderr })),
  );
}

describe('beside a running agent', { timeout: 120_000 }, () => {
  test('status is what the agent says, and the missing sensor is named', async () => {
    const { status, stdout } = await tool('status --sim unplugged');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^broker +no connection$/m);
    expect(stdout).toMatch(/^bme280-76 +absent: no answer: nack/m);
  });

  test('live shows what the agent samples, several askers at a time', async () => {
    const both = await Promise.all([
      tool('live --sim unplugged --seconds 3'),
      tool('live --sim unplugged --seconds 2'),
    ]);
    for (const [i, { status, stdout, stderr }] of both.entries()) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('From the running agent');
      const lines = stdout.split('\n').filter((line) => /^\d\d:\d\d:\d\d {2}/.test(line));
      expect(lines).toHaveLength(3 - i);
      for (const line of lines) {
        expect(line).toContain('bme280-76 absent: no answer: nack');
        // About 800 a second, of a second that a busy machine may draw out.
        expect(Number(/\((\d+) samples\)/.exec(line)?.[1])).toBeGreaterThan(200);
      }
    }
  });

  test('live shows the taps on a device that is tapped', async () => {
    const tapped = await runningAgent('taps');
    onTestFinished(() => void tapped.kill('SIGKILL'));
    const live = spawn(process.execPath, [TOOL, 'live', '--sim', 'taps', '--seconds', '30'], { env: env() });
    onTestFinished(() => void live.kill('SIGKILL'));
    const peaksG: number[] = [];
    for await (const line of createInterface({ input: live.stdout })) {
      peaksG.push(Number(/peak ([\d.]+) g/.exec(line)?.[1] ?? 0));
      if (peaksG.some((peakG) => peakG > 5)) break;
    }
    expect(Math.max(...peaksG)).toBeGreaterThan(5);
  });

  test('the scan is done by the agent', async () => {
    const { status, stdout } = await tool('i2c scan --sim unplugged');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^0x53 +ADXL375 or ADXL345 +as configured$/m);
    expect(stdout).toMatch(/^0x76 +no answer +bme280 is configured, nobody answers$/m);
  });

  test('the doctor asks the agent about its sensors', async () => {
    const { status, stdout } = await tool('doctor --json --sim unplugged');
    expect(status).toBe(1);
    const { checks } = JSON.parse(stdout) as { checks: { check: string; verdict: string; found: string }[] };
    const line = (check: string) => checks.find((result) => result.check === check);
    expect(line('agent')?.found).toMatch(/running as SIM-1/);
    expect(line('bme280-76 identity')?.verdict).toBe('fail');
    expect(line('adxl375-53 identity')?.verdict).toBe('ok');
    expect(line('adxl375-53 samples')?.found).toMatch(/^80\d Hz, 0 lost$/);
    expect(line('adxl375-53 at rest')?.found).toMatch(/^\|g\| = 1\.0/);
  });

  test('the agent that is stopped hangs up on who follows, and ends with 0', async () => {
    const following = tool('live --sim unplugged --seconds 60');
    const asked = tool('live --sim unplugged --seconds 1');
    await asked;
    const ended = once(agent, 'exit');
    agent.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const { status, stderr } = await following;
    expect(status).toBe(1);
    expect(stderr).toContain('EDGE_AGENT_ABSENT');
  });
});
