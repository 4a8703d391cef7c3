import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { issueToken } from '@jostle/broker/identity';
import {
  addRange,
  countOf,
  type DecodedUp,
  decodeUpMessage,
  deviceTopic,
  type SeqRanges,
} from '@jostle/contracts';
import { type Agent, type AgentConfig, runAgent } from '@jostle/edge/agent';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';

/** The real agent and the real broker; ingest is played here, so that a test decides when a receipt goes out. */

const log = pino({ level: 'silent' });
const device = issueToken('BOX-A', 'device');
const ingest = issueToken('ingest', 'ingest');

/** A hardware worker that measures 40 readings at its start and one more when it is told to stop. */
const WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    const draft = (i) => ({
      kind: 'climate', measuredAt: workerData.fromMs + i, monotonicMs: i, clockQuality: 'ntp',
      body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
    });
    parentPort.postMessage({ type: 'ready', sensors: ['sht31d-44'] });
    parentPort.postMessage({ type: 'records', drafts: Array.from({ length: 40 }, (_, i) => draft(i + 1)) });
    parentPort.on('message', () => {
      parentPort.postMessage({ type: 'records', drafts: [draft(41)] });
      parentPort.postMessage({ type: 'stopped' });
    });`)}`,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-flow-'));
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ clients: [device.entry, ingest.entry] }));
});
afterEach(() => rmSync(folder, { recursive: true }));

function brokerAt(port = 0): Promise<Broker> {
  const credentialsFile = join(folder, 'credentials.json');
  const env = { MQTT_PORT: `${port}`, JOSTLE_MQTT_CREDENTIALS: credentialsFile };
  return startBroker(readBrokerConfig(env), log);
}

function agentAt(port: number): Agent {
  const config = {
    deviceId: 'BOX-A',
    deviceToken: device.token,
    dataDir: join(folder, 'device'),
    mqttUrl: `mqtt://127.0.0.1:${port}`,
    outboxMaxRecords: 10_000,
  } as AgentConfig;
  const workerData = ({ lastMeasuredAt }: { lastMeasuredAt: number | null }) => ({
    fromMs: lastMeasuredAt ?? 1000,
  });
  const agent = runAgent({ config, workerUrl: WORKER, workerData, log });
  onTestFinished(() => agent.stop());
  return agent;
}

interface Station {
  received: SeqRanges;
  epochs: Set<string>;
  states: string[];
  /** Sends the receipt for everything received so far. */
  answer(): void;
  until(fits: () => boolean): Promise<void>;
}

/** Takes part as an ingest worker. With `isAnswering` each message has its receipt at once. */
async function stationAt(port: number, isAnswering: boolean): Promise<Station> {
  const client: MqttClient = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId: 'ingest-1',
    username: 'ingest-1',
    password: ingest.token,
    protocolVersion: 4,
    reconnectPeriod: 50,
  });
  onTestFinished(() => void client.end(true));
  client.on('error', () => {});
  const changed: (() => void)[] = [];
  const station: Station = {
    received: [],
    epochs: new Set(),
    states: [],
    answer: () => {
      const [epoch = ''] = station.epochs;
      const have = station.received.filter(([from]) => from > 1);
      const upTo = station.received.find(([from]) => from === 1)?.[1] ?? 0;
      const receipt = { v: 1, epoch, upTo, have, dead: [] };
      client.publish(deviceTopic('BOX-A', 'receipt'), JSON.stringify(receipt), { qos: 1 });
    },
    until: async (fits) => {
      while (!fits()) await new Promise<void>((resolve) => void changed.push(resolve));
    },
  };
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/status')) station.states.push(JSON.parse(payload.toString()).state);
    else {
      const run = decodeUpMessage(JSON.parse(payload.toString())) as DecodedUp;
      station.epochs.add(run.epoch);
      station.received = addRange(station.received, run.fromSeq, run.toSeq);
      if (isAnswering) station.answer();
    }
    for (const resolve of changed.splice(0)) resolve();
  });
  await new Promise<void>((resolve) => {
    client.on('connect', () => {
      void client
        .subscribeAsync([deviceTopic('+', 'up'), deviceTopic('+', 'status')], { qos: 1 })
        .then(() => resolve());
    });
  });
  return station;
}

test('what is measured arrives, is forgotten on its receipt, and a stop delivers the rest', async () => {
  const broker = await brokerAt();
  onTestFinished(() => broker.stop());
  const station = await stationAt(broker.port, true);
  const agent = agentAt(broker.port);
  await station.until(() => countOf(station.received) >= 40);
  await agent.stop();
  await station.until(() => station.states.includes('offline'));
  expect(station.received).toEqual([[1, 41]]);
  expect(station.states).toEqual(['online', 'offline']);
  expect(agent.status()).toMatchObject({
    deviceId: 'BOX-A',
    sensors: ['sht31d-44'],
    isConnected: false,
    backlog: 0,
  });
});

test('the PUBACK of the broker does not take a record out of the outbox; the next start sends it again', async () => {
  const broker = await brokerAt();
  onTestFinished(() => broker.stop());
  const silent = await stationAt(broker.port, false);
  const first = agentAt(broker.port);
  await silent.until(() => countOf(silent.received) >= 40);
  await first.stop();
  expect(first.status().backlog).toBe(41);

  silent.received = [];
  const second = agentAt(broker.port);
  expect(second.lastMeasuredAt).toBe(1041);
  await silent.until(() => countOf(silent.received) >= 81);
  expect([silent.received, silent.epochs.size]).toEqual([[[1, 81]], 1]);
  silent.answer();
  await second.stop();
  expect(second.status().backlog).toBeLessThanOrEqual(1);
});

test('a broker that is started again with an empty memory loses nothing', async () => {
  const first = await brokerAt();
  const silent = await stationAt(first.port, false);
  agentAt(first.port);
  await silent.until(() => countOf(silent.received) >= 40);
  silent.received = [];
  await first.stop();
  const second = await brokerAt(first.port);
  onTestFinished(() => second.stop());
  await silent.until(() => countOf(silent.received) >= 40);
  expect(silent.received).toEqual([[1, 40]]);
});

test('a device with a wrong token is not let in, and keeps everything', async () => {
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ clients: [ingest.entry] }));
  const broker = await brokerAt();
  onTestFinished(() => broker.stop());
  const station = await stationAt(broker.port, true);
  const agent = agentAt(broker.port);
  await agent.stop();
  expect([station.states, station.received]).toEqual([[], []]);
  expect(agent.status().backlog).toBeGreaterThan(0);
});
