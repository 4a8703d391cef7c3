import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { ClimateBody, RecordDraft } from '@jostle/contracts';
import { DEFAULT_SENSING, type FromSensing, type SensingConfig } from '@jostle/edge/sensing';
import {
  Bme280,
  constantWorld,
  FirmataServer,
  Sht31,
  SimulatedBus,
  type SimulatedChip,
} from '@jostle/firmware-sim';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBench } from './bench.ts';
import { climateOnly, TRUTH } from './climate-cases.ts';

const WORKER = new URL('../../edge/src/hw-worker-entry.js', import.meta.url);
const TOOL = fileURLToPath(new URL('../../edge/bin/jostle-edge.js', import.meta.url));
const INTERVAL_MS = 1000;
const SENSORS: SensingConfig = {
  ...climateOnly({ chip: 'sht31d', address: 0x44 }, { chip: 'bme280', address: 0x76 }),
  climateIntervalMs: INTERVAL_MS,
};

const world = constantWorld(TRUTH);
let bus: SimulatedBus;
let arduino: FirmataServer;
let board: string;

beforeEach(async () => {
  const surroundings = { world, now: () => performance.now() };
  bus = new SimulatedBus();
  bus.attach(0x44, new Sht31(surroundings));
  bus.attach(0x76, new Bme280(surroundings));
  arduino = await FirmataServer.listen(bus);
  board = `firmata:tcp://127.0.0.1:${arduino.port}`;
});
afterEach(async () => {
  await arduino.close();
});

/** The agent's own hardware worker, as `jostle-edge run` starts it with BOARD. */
function startWorker(sensors: SensingConfig) {
  const worker = new Worker(WORKER, { workerData: { bus: { i2cBus: 1, board }, sensors } });
  const messages: FromSensing[] = [];
  worker.on('message', (message) => messages.push(message));
  const drafts = (): RecordDraft[] => messages.flatMap((m) => (m.type === 'records' ? m.drafts : []));
  return {
    worker,
    messages,
    exited: once(worker, 'exit'),
    faults: () => drafts().flatMap((d) => (d.kind === 'fault' ? [d.body] : [])),
    readings: () => drafts().flatMap((d) => (d.kind === 'climate' ? [d.body] : [])),
  };
}

/** What was measured, without the age. */
function valuesOf(readings: readonly ClimateBody[], sensor: string): Set<string> {
  const values = readings.filter((r) => r.sensor === sensor).map(({ ageMs: _, ...value }) => value);
  return new Set(values.map((value) => JSON.stringify(value)));
}

async function valuesOnTheSimulatedBus(): Promise<ClimateBody[]> {
  const bench = await startBench(
    SENSORS,
    (now) =>
      new Map<number, SimulatedChip>([
        [0x44, new Sht31({ world, now })],
        [0x76, new Bme280({ world, now })],
      ]),
  );
  await bench.pass(10_000);
  await bench.stop();
  return bench.bodies('climate');
}

/** Processes and workers have to load, on a machine that may be busy. */
const LIMIT_MS = 90_000;

describe('the hardware worker with an Arduino', { timeout: LIMIT_MS }, () => {
  it('measures what it measures on the simulated bus, and says what comes and goes', async () => {
    const { worker, messages, exited, faults, readings } = startWorker(SENSORS);
    const within = { timeout: 30_000, interval: 20 };
    await vi.waitUntil(() => messages.some((m) => m.type === 'ready'), within);
    expect(messages[0]).toEqual({ type: 'ready', sensors: ['sht31d-44', 'bme280-76'] });
    // A driver that has its trim reads every quarter of an interval.
    const before = bus.transactions;
    await vi.waitUntil(() => bus.transactions > before + 60, within);
    bus.unplug(0x76);
    await vi.waitUntil(() => faults().length > 0, within);
    bus.plug(0x76);
    await vi.waitUntil(() => faults().length > 1, within);
    worker.postMessage({ type: 'stop' });
    expect(await exited).toEqual([0]);
    expect(faults()).toMatchObject([
      { sensor: 'bme280-76', isRaised: true, reason: 'stale', detail: expect.stringMatching(/nack/) },
      { sensor: 'bme280-76', isRaised: false },
    ]);
    const expected = await valuesOnTheSimulatedBus();
    for (const sensor of ['sht31d-44', 'bme280-76']) {
      expect(valuesOf(readings(), sensor)).toEqual(valuesOf(expected, sensor));
      expect(valuesOf(expected, sensor).size).toBe(1);
    }
  });

  it('refuses a shock recorder, says why and ends', async () => {
    const { messages, exited } = startWorker(DEFAULT_SENSING);
    expect(await exited).toEqual([1]);
    expect(messages).toMatchObject([{ type: 'failed', code: 'EDGE_BUS_TOO_SLOW' }]);
    expect(messages).toMatchObject([{ message: expect.stringContaining('300 reads/s over 57,600 baud') }]);
  });
});

describe('the field tech’s tool with an Arduino', { timeout: LIMIT_MS }, () => {
  const jostleEdge = (...args: string[]) =>
    promisify(execFile)(process.execPath, [TOOL, ...args], {
      env: { PATH: process.env['PATH'], DEVICE_ID: 'BOX-A', BOARD: board, SHOCK_CHIP: 'none' },
    });

  it('scans its bus', async () => {
    const { stdout } = await jostleEdge('i2c', 'scan');
    expect(stdout).toMatch(/0x44 +SHT3x +as configured/);
    expect(stdout).toMatch(/0x76 +BME280 +as configured/);
    expect(stdout).not.toMatch(/\?\?\?\? *--|HELD *--/);
  });

  it('examines its sensors', async () => {
    const { stdout } = await jostleEdge('doctor').catch((error: { stdout: string }) => error);
    expect(stdout).toMatch(/– +bus +an Arduino at 127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/ok +sht31d-44 values +fresh: -18\.4 °C, 61\.5 %RH/);
    expect(stdout).toMatch(/ok +bme280-76 values +fresh: -18\.4 °C, 61\.5 %RH, 98[45] hPa/);
  });

  it('says what to do when it is not there', async () => {
    await arduino.close();
    const { stdout } = await jostleEdge('doctor').catch((error: { stdout: string }) => error);
    expect(stdout).toMatch(/FAIL +sensors +the bus cannot be opened\n +→ firmata:tcp:.*StandardFirmata/);
    arduino = await FirmataServer.listen(bus);
  });
});
