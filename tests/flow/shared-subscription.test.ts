import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { type Agent, type AgentConfig, runAgent } from '@jostle/edge/agent';
import { openStore, storedRecords } from '@jostle/ingest/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  describeWithServer,
  type PostgresServer,
  serverProgram,
  startMosquitto,
  startPostgres,
} from '../support/servers.ts';

/** Two ingest processes share what the devices send: Mosquitto's shared subscription, one PostgreSQL. */

const MAIN = fileURLToPath(new URL('../../ingest/src/main.ts', import.meta.url));
const DEVICES = ['BOX-A', 'BOX-B', 'BOX-C'];
const RECORDS = 20_000;
const log = pino({ level: 'silent' });

/** A hardware worker that measures so much at its start, a part at a time. */
const WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const draft = (i) => ({
      kind: 'climate', measuredAt: 1772323200000 + i, monotonicMs: i, clockQuality: 'ntp',
      body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
    });
    parentPort.postMessage({ type: 'ready', sensors: ['sht31d-44'] });
    for (let i = 0; i < ${RECORDS}; i += 100)
      parentPort.postMessage({ type: 'records', drafts: Array.from({ length: 100 }, (_, n) => draft(i + n)) });
    parentPort.on('message', () => parentPort.postMessage({ type: 'stopped' }));`)}`,
);

interface IngestWorker {
  child: ChildProcess;
  url: string;
  /** A number of /metrics. */
  metric(name: string): Promise<number>;
  output(): string;
}

async function startWorker(env: Record<string, string>): Promise<IngestWorker> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env['PATH'], HTTP_PORT: '0', MQTT_SHARE_GROUP: 'workers', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  const port = (message as { port?: number }).port;
  expect(port, output).toBeTypeOf('number');
  const url = `http://127.0.0.1:${port}`;
  return {
    child,
    url,
    output: () => output,
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    },
  };
}

const ready = (worker: IngestWorker) =>
  expect.poll(async () => (await fetch(`${worker.url}/readyz`)).status).toBe(200);

async function onlineDevices({ url }: IngestWorker): Promise<string[]> {
  const answers = DEVICES.map(async (id) => (await fetch(`${url}/api/v1/devices/${id}`)).json());
  const devices = (await Promise.all(answers)) as { id: string; state: { isOnline: boolean } | null }[];
  return devices.filter(({ state }) => state?.isOnline).map(({ id }) => id);
}

function startAgent(deviceId: string, mqttUrl: string, dataDir: string): Agent {
  const config = { deviceId, dataDir, mqttUrl, outboxMaxRecords: 100_000 } as AgentConfig;
  const agent = runAgent({ config, workerUrl: WORKER, workerData: () => ({}), log });
  onTestFinished(() => agent.stop());
  return agent;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-shared-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describeWithServer('mosquitto', 'two workers on one Mosquitto', () => {
  let postgres: PostgresServer | undefined;
  beforeAll(async () => {
    expect(serverProgram('postgres'), 'postgres is not installed (apt-get install postgresql)').toBeDefined();
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  test('share the load; one is killed, every record is stored once and every receipt comes back', async () => {
    const folder = temporaryFolder();
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const databaseUrl = (await postgres?.createDatabase()) ?? '';
    const env = { MQTT_URL: mosquitto.url, DATABASE_URL: databaseUrl, JOSTLE_DATA_DIR: folder };
    const first = await startWorker(env);
    const headers = { 'content-type': 'application/json' };
    for (const id of DEVICES) {
      const body = JSON.stringify({ id, name: id });
      await fetch(`${first.url}/api/v1/devices`, { method: 'POST', headers, body });
    }
    const second = await startWorker(env);
    await Promise.all([ready(first), ready(second)]);

    const agents = DEVICES.map((id) => startAgent(id, mosquitto.url, join(folder, id)));
    const stored = 'jostle_ingest_records_stored_total';
    await expect
      .poll(async () => Math.min(await first.metric(stored), await second.metric(stored)))
      .toBeGreaterThan(0);
    second.child.kill('SIGKILL');
    const backlog = () => agents.reduce((sum, agent) => sum + agent.status().backlog, 0);
    expect(backlog()).toBeGreaterThan(0);
    await expect.poll(backlog, { timeout: 60_000 }).toBe(0);

    const store = await openStore({ databaseUrl });
    onTestFinished(() => store.close());
    const records = await storedRecords(store);
    const climate = records.filter(({ kind }) => kind === 'climate');
    const identities = new Set(climate.map(({ deviceId, epoch, seq }) => `${deviceId} ${epoch} ${seq}`));
    expect([climate.length, identities.size]).toEqual([DEVICES.length * RECORDS, DEVICES.length * RECORDS]);

    expect(await onlineDevices(first)).toEqual(DEVICES);
    const third = await startWorker(env);
    await ready(third);
    expect(await onlineDevices(third)).toEqual(DEVICES);
    await agents[0]?.stop();
    // What was sent twice may still be under way before its parting.
    await expect.poll(() => onlineDevices(third), { timeout: 60_000 }).toEqual(DEVICES.slice(1));
  }, 180_000);
});

describe('a broker without shared subscriptions', () => {
  test('is named: our own refuses, and ingest is not ready', async () => {
    const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), log);
    onTestFinished(() => broker.stop());
    const worker = await startWorker({
      MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
      JOSTLE_DATA_DIR: temporaryFolder(),
    });
    await expect.poll(worker.output).toContain('INGEST_SHARE_REFUSED');
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(503);
  });
});
