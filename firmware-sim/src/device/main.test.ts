import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MINUTE_MS } from '@jostle/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulationFile } from './simulation-file.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const HOUR_MS = 60 * MINUTE_MS;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-device-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A device of its own folder. No broker listens on port 1: what it measures stays in its outbox. */
function startDevice(simulation: unknown) {
  const simulationPath = join(folder, 'journey.json');
  writeFileSync(simulationPath, JSON.stringify(simulation));
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: {
      ...process.env,
      LOG_LEVEL: 'info',
      DEVICE_ID: 'DEV-1',
      JOSTLE_DATA_DIR: folder,
      JOSTLE_SIM_FILE: simulationPath,
      MQTT_URL: 'mqtt://127.0.0.1:1',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  const log: { msg: string; sensors?: string[] }[] = [];
  const waiting = new Map<string, () => void>();
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the device was started without pipes');
  createInterface({ input: stdout }).on('line', (line) => {
    const entry = JSON.parse(line);
    log.push(entry);
    waiting.get(entry.msg)?.();
  });
  let complaint = '';
  stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const exited = once(child, 'exit').then(([code]) => ({ code: code as number | null, complaint }));
  return {
    child,
    exited,
    entry: (msg: string) => log.find((e) => e.msg === msg),
    said: async (msg: string) => {
      if (!log.some((e) => e.msg === msg)) await new Promise<void>((resolve) => waiting.set(msg, resolve));
      return log.find((e) => e.msg === msg);
    },
  };
}

function simulationFrom(simFromMs: number): SimulationFile {
  const pieces = [{ kind: 'truck' as const, durationMs: HOUR_MS }];
  return { seed: 1, simFromMs, speed: 60, journey: { startsAt: simFromMs, pieces } };
}

describe('the process of a simulated device', () => {
  it.each([
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['the end of its parent’s channel', (child: ChildProcess) => child.disconnect()],
  ])('says that it is ready, finds all its sensors and ends with 0 on %s', async (_name, stop) => {
    const device = startDevice(simulationFrom(Date.now() - HOUR_MS));
    const [message] = await once(device.child, 'message');
    expect(message).toEqual({ type: 'ready' });
    const { sensors } = (await device.said('hardware worker is ready')) ?? {};
    expect(sensors).toEqual(['sht31d-44', 'bme280-76', 'adxl375-53']);
    const truth = JSON.parse(readFileSync(join(folder, 'DEV-1.truth.json'), 'utf8'));
    expect(truth).toMatchObject({ v: 1, deviceId: 'DEV-1', events: [] });
    stop(device.child);
    expect(await device.exited).toEqual({ code: 0, complaint: '' });
    expect(device.entry('agent has stopped')).toBeDefined();
  });

  it('refuses a journey that it cannot live through, naming every wrong place', async () => {
    const device = startDevice({ ...simulationFrom(0), speed: 0, journey: { startsAt: 0, pieces: [{}] } });
    const { code, complaint } = await device.exited;
    expect(code).toBe(78);
    expect(complaint).toContain('/speed');
    expect(complaint).toContain('/journey/pieces/0');
  });
});
