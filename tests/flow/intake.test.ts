import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import {
  type DeviceRecord,
  deviceTopic,
  encodeUpMessage,
  ManualClock,
  type ReceiptMessage,
} from '@jostle/contracts';
import { startService } from '@jostle/ingest';
import type { IngestConfig } from '@jostle/ingest/config';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { describeWithServer, startInflux, startPostgres } from '../support/servers.ts';

/** The real broker and the real ingest; the device is played here, so that a test decides what it sends. */

const log = pino({ level: 'silent' });
const EPOCH = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const MAIN = fileURLToPath(new URL('../../ingest/src/main.ts', import.meta.url));

let folder: string;
let broker: Broker;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-intake-'));
  broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0', MQTT_DEVICE_MESSAGES_PER_S: '100000' }), log);
});
afterEach(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function startIngest(backends: Partial<IngestConfig> = {}) {
  const config: IngestConfig = {
    httpHost: '127.0.0.1',
    httpPort: 0,
    dataDir: join(folder, 'ingest'),
    mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
    influxDatabase: 'jostle',
    inboxRetentionDays: 7,
    logLevel: 'info',
    ...backends,
  };
  const service = await startService(config, log, new ManualClock(Date.UTC(2026, 2, 1)));
  onTestFinished(() => service.stop());
  return restOf(service.httpPort);
}

function restOf(port: number) {
  const url = `http://127.0.0.1:${port}`;
  return {
    get: async (path: string) => (await fetch(url + path)).json() as Promise<Record<string, unknown>>,
    text: async (path: string) => (await fetch(url + path)).text(),
    async register() {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ id: 'BOX-A', name: 'Box A' });
      const answer = await fetch(`${url}/api/v1/devices`, { method: 'POST', headers, body });
      expect([200, 201]).toContain(answer.status);
    },
    async ready() {
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    },
  };
}

const reading = (seq: number, temperatureC = 20): DeviceRecord => ({
  seq,
  kind: 'climate',
  bootId: EPOCH,
  measuredAt: Date.UTC(2026, 2, 1) + seq * 1000,
  monotonicMs: seq * 1000,
  clockQuality: 'ntp',
  body: { sensor: 'sht31d-44', temperatureC, ageMs: 0 },
});

class Device {
  readonly client: MqttClient;
  readonly receipts: ReceiptMessage[] = [];

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (_, payload) => this.receipts.push(JSON.parse(payload.toString())));
  }

  static async connect(): Promise<Device> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'BOX-A',
      username: 'BOX-A',
      clean: true,
    });
    const device = new Device(client);
    onTestFinished(() => client.endAsync(true));
    await client.subscribeAsync(deviceTopic('BOX-A', 'receipt'), { qos: 1 });
    return device;
  }

  send(payload: string): void {
    this.client.publish(deviceTopic('BOX-A', 'up'), payload, { qos: 1 });
  }

  sendRun(from: number, count: number, maxSeq = from + count - 1): void {
    const records = Array.from({ length: count }, (_, i) => reading(from + i));
    this.send(JSON.stringify(encodeUpMessage(EPOCH, { minSeq: 1, maxSeq }, records)));
  }

  get upTo(): number {
    return this.receipts.at(-1)?.upTo ?? 0;
  }
}

/** One reading's whole way, whatever the stores are. */
async function followReadings(backends: Partial<IngestConfig>): Promise<void> {
  const rest = await startIngest(backends);
  await rest.register();
  await rest.ready();
  const device = await Device.connect();
  device.sendRun(1, 50, 60);
  await expect.poll(() => device.receipts).toEqual([{ v: 1, epoch: EPOCH, upTo: 50, have: [], dead: [] }]);
  expect(await rest.get('/api/v1/devices/BOX-A')).toMatchObject({
    state: { isOnline: true, backlog: 10, lastMeasuredAt: '2026-03-01T00:00:50.000Z' },
  });
  const curve = '/api/v1/devices/BOX-A/climate?from=2026-03-01T00:00:00Z&to=2026-03-01T01:00:00Z';
  await expect.poll(async () => JSON.stringify(await rest.get(curve))).toContain('20');
  expect(await rest.text('/metrics')).toContain('jostle_ingest_records_stored_total 50');
}

test('a device gets its receipt, the API shows its state and its curve, and metrics count the records', async () => {
  await followReadings({});
});

describeWithServer('postgres', 'ingest on PostgreSQL', () => {
  describeWithServer('influxd', 'and InfluxDB', () => {
    test('does the same as on its embedded stores', async () => {
      const [postgres, influx] = await Promise.all([startPostgres(), startInflux()]);
      onTestFinished(async () => {
        await Promise.all([postgres.stop(), influx.stop()]);
      });
      await followReadings({
        databaseUrl: await postgres.createDatabase(),
        influxUrl: influx.url,
        influxUser: influx.user,
        influxToken: influx.token,
      });
      expect(JSON.stringify(await influx.query('SELECT count(temp_c) FROM env', 'jostle'))).toContain('50]');
    });
  });
});

test('malformed messages go to quarantine and the line goes on', async () => {
  const rest = await startIngest();
  await rest.register();
  await rest.ready();
  const device = await Device.connect();
  device.send('{"v":1,');
  device.send(JSON.stringify({ v: 1, epoch: EPOCH, seq: 1, at: [1, 2] }));
  device.sendRun(3, 2);
  await expect.poll(() => device.upTo).toBe(4);
  expect(device.receipts.flatMap((receipt) => receipt.dead.map(({ seq }) => seq))).toEqual([1, 2]);
  expect(JSON.stringify(await rest.get('/api/v1/quarantine'))).toContain('INGEST_MESSAGE_MALFORMED');
});

test('a device that is not registered gets its receipt once it is', async () => {
  const rest = await startIngest();
  await rest.ready();
  const device = await Device.connect();
  device.sendRun(1, 5);
  await expect
    .poll(async () => JSON.stringify(await rest.get('/api/v1/quarantine')))
    .toContain('INGEST_DEVICE_UNKNOWN');
  expect(device.receipts).toEqual([]);
  await rest.register();
  device.sendRun(1, 5);
  await expect.poll(() => device.upTo).toBe(5);
});

test('more messages at once than the window holds are all stored', async () => {
  const rest = await startIngest();
  await rest.register();
  await rest.ready();
  const device = await Device.connect();
  for (let seq = 1; seq <= 3000; seq++) device.sendRun(seq, 1, 3000);
  await expect.poll(() => device.upTo).toBe(3000);
});

test('ingest that is killed at any moment loses nothing', { timeout: 120_000 }, async () => {
  let child = await spawnIngest();
  await child.rest.register();
  const device = await Device.connect();
  const COUNT = 600;
  // As a device does: everything without a receipt is sent again.
  const resend = setInterval(() => {
    for (let seq = device.upTo + 1; seq <= COUNT && seq <= device.upTo + 40; seq += 5)
      device.sendRun(seq, 5, COUNT);
  }, 15);
  onTestFinished(() => clearInterval(resend));
  for (const mark of [50, 300]) {
    await expect.poll(() => device.upTo, { interval: 1 }).toBeGreaterThan(mark);
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    child = await spawnIngest();
  }
  await expect.poll(() => device.upTo).toBe(COUNT);
  clearInterval(resend);
  expect(await child.rest.get('/api/v1/devices/BOX-A')).toMatchObject({ state: { backlog: 0 } });
  expect(await child.rest.get('/api/v1/quarantine')).toMatchObject({ items: [] });
  child.process.kill('SIGTERM');
  expect((await once(child.process, 'exit'))[0]).toBe(0);
});

async function spawnIngest(): Promise<{ process: ChildProcess; rest: ReturnType<typeof restOf> }> {
  const env = {
    PATH: process.env['PATH'],
    HTTP_PORT: '0',
    JOSTLE_DATA_DIR: join(folder, 'killed'),
    MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [message] = (await once(child, 'message')) as [{ type: string; port: number }];
  expect(message.type).toBe('ready');
  const rest = restOf(message.port);
  await rest.ready();
  return { process: child, rest };
}
