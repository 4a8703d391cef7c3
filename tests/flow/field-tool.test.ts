import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { issueToken } from '@jostle/broker/identity';
import { readConfig } from '@jostle/contracts';
import { runAgent } from '@jostle/edge/agent';
import { AgentConfig } from '@jostle/edge/config';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../support/servers.ts';

/** The field tech's tool as it is started on a device, beside the real broker and the real agent. */

const TOOL = fileURLToPath(new URL('../../edge/bin/jostle-edge.js', import.meta.url));
const log = pino({ level: 'silent' });
const device = issueToken('BOX-A', 'device');

/** A hardware worker with one sensor that is well and one that is absent. */
const WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const time = { measuredAt: Date.now(), monotonicMs: 1, clockQuality: 'ntp' };
    const reading = { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 };
    const fault = { sensor: 'bme280-76', isRaised: true, reason: 'absent', detail: 'no answer: nack' };
    parentPort.postMessage({ type: 'ready', sensors: ['sht31d-44'] });
    parentPort.postMessage({ type: 'records', drafts: [
      { ...time, kind: 'climate', body: reading }, { ...time, kind: 'fault', body: fault },
    ] });
    setInterval(() => parentPort.postMessage({ type: 'heartbeat' }), 1000);
    const climate = { kind: 'climate', ageMs: 0, readEveryMs: 2500, replies: 9, errors: 0, fault: null };
    const glances = [
      { ...climate, sensor: 'sht31d-44', reading: { temperatureC: 20 } },
      { ...climate, sensor: 'bme280-76', reading: null, ageMs: null, fault: 'absent: no answer: nack' },
    ];
    const rows = [{ address: 0x44, kind: 'chip', chip: 'SHT3x' }, { address: 0x76, kind: 'silent' }];
    parentPort.on('message', ({ type }) => {
      if (type === 'stop') parentPort.postMessage({ type: 'stopped' });
      if (type === 'scan') parentPort.postMessage({ type: 'scanned', rows });
      if (type === 'glance') parentPort.postMessage({ type: 'glances', atMs: Date.now(), glances });
    });`)}`,
);

let folder: string;
let broker: Broker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-field-'));
  const credentialsFile = join(folder, 'credentials.json');
  writeFileSync(credentialsFile, JSON.stringify({ clients: [device.entry] }));
  const env = { MQTT_PORT: '0', JOSTLE_MQTT_CREDENTIALS: credentialsFile };
  broker = await startBroker(readBrokerConfig(env), log);
});
afterAll(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true });
});

const environment = (dataDir: string, change: Record<string, string> = {}) => ({
  DEVICE_ID: 'BOX-A',
  DEVICE_TOKEN: device.token,
  JOSTLE_DATA_DIR: join(folder, dataDir),
  MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
  // No machine has this bus.
  I2C_BUS: '63',
  ...change,
});

function tool(args: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [TOOL, ...args.split(' ')], {
    env: { PATH: process.env['PATH'], ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, stdout, stderr })),
  );
}

async function doctor(env: Record<string, string>) {
  const { status, stdout } = await tool('doctor --json', env);
  const { verdict, checks } = JSON.parse(stdout) as {
    verdict: string;
    checks: { check: string; verdict: string; found: string; fix: string | null }[];
  };
  return { status, verdict, line: (check: string) => checks.find((result) => result.check === check) };
}

test('the doctor logs in at the broker as the device, and makes nothing in its folder', async () => {
  const { status, verdict, line } = await doctor(environment('new'));
  expect(line('broker')).toMatchObject({ verdict: 'ok', found: expect.stringContaining('accepts BOX-A') });
  expect(line('bus')).toMatchObject({ verdict: 'fail', found: '/dev/i2c-63 is not there' });
  expect(line('sensors')?.verdict).toBe('skipped');
  expect({ status, verdict }).toEqual({ status: 1, verdict: 'fail' });
  expect(readdirSync(folder)).toEqual(['credentials.json']);
});

test('a wrong token and a broker that is not there are told apart', async () => {
  const { port } = broker;
  const refused = await doctor(
    environment('new', { DEVICE_TOKEN: 'wrong', MQTT_URL: `mqtt://127.0.0.1:${port}` }),
  );
  expect(refused.line('broker')?.found).toMatch(/refuses BOX-A: Connection refused: Not authorized/);
  const nobody = await doctor(environment('new', { MQTT_URL: `mqtt://127.0.0.1:${await freePort()}` }));
  expect(nobody.line('broker port')?.found).toMatch(/ECONNREFUSED/);
});

test('beside a running agent the tool asks it, and leaves bus, outbox and login to it', async () => {
  const env = environment('running');
  const config = readConfig(AgentConfig, env, () => '');
  const agent = runAgent({ config, workerUrl: WORKER, workerData: () => null, log });
  try {
    await vi.waitFor(
      () => {
        expect(agent.status().sensorStates.length).toBeGreaterThanOrEqual(2);
        expect(agent.status().isConnected).toBe(true);
      },
      { timeout: 20_000, interval: 20 },
    );

    const { status, line } = await doctor(env);
    expect(line('agent')).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('running as BOX-A'),
    });
    expect(line('broker')).toMatchObject({ verdict: 'ok', found: 'the agent is connected' });
    expect(line('outbox')?.verdict).toBe('skipped');
    expect(line('sht31d-44 identity')?.verdict).toBe('ok');
    expect(line('sht31d-44 values')?.verdict).toBe('ok');
    expect(line('bme280-76 identity')).toMatchObject({ verdict: 'fail', found: 'no answer' });
    expect(line('bme280-76 values')).toMatchObject({ verdict: 'fail', found: 'absent: no answer: nack' });
    expect(line('backlog')?.found).toMatch(/^2 records without a receipt, the oldest measured \d+ s ago/);
    expect(status).toBe(1);

    const answer = await tool('status', env);
    expect(answer.status).toBe(0);
    expect(answer.stdout).toMatch(/^backlog +2 records without a receipt, the oldest measured \d+ s ago$/m);
    expect(answer.stdout).toMatch(/^sht31d-44 +ok +20\.0 °C +\d+ s ago$/m);
    expect(JSON.parse((await tool('status --json', env)).stdout)).toMatchObject({
      deviceId: 'BOX-A',
      backlog: 2,
    });

    for (const command of ['calibrate', 'tap-test', 'selftest']) {
      const { status: exit, stderr } = await tool(command, env);
      expect(exit).toBe(1);
      expect(stderr).toContain('EDGE_BUS_IN_USE');
    }
    const live = await tool('live --seconds 1', env);
    expect(live.stdout).toMatch(/sht31d-44 20\.0 °C \| bme280-76 absent: no answer: nack$/m);
    expect((await tool('i2c scan', env)).stdout).toMatch(/^0x44 +SHT3x +as configured$/m);
    expect(agent.status().isConnected).toBe(true);
  } finally {
    await agent.stop();
  }
  const gone = await tool('status', env);
  expect(gone.status).toBe(1);
  expect(gone.stderr).toContain('EDGE_AGENT_ABSENT');
  const { line } = await doctor(env);
  expect(line('outbox')?.found).toBe('sound, 2 records without a receipt');
  expect(line('backlog')?.found).toMatch(/no receipt ever/);
}, 120_000);
