import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { type Alert, type DeviceCompleteness, ManualClock, type RecordDraft } from '@jostle/contracts';
import { type Agent, type AgentConfig, runAgent } from '@jostle/edge/agent';
import { Outbox } from '@jostle/edge/outbox';
import { startService } from '@jostle/ingest';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { deleteFromOutbox } from '../support/outbox-file.ts';

/** The real agent, broker and ingest; between two runs of the agent a hand deletes rows of its outbox. */

const log = pino({ level: 'silent' });
const START_MS = Date.UTC(2026, 2, 1, 9);

const reading = (i: number): RecordDraft => ({
  ...{ kind: 'climate', measuredAt: START_MS + i * 1000, monotonicMs: i * 1000, clockQuality: 'ntp' },
  body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
});

/** A hardware worker that measures once when it is told to stop: what it makes is reported after all the rest. */
const WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.postMessage({ type: 'ready', sensors: ['sht31d-44'] });
    parentPort.on('message', () => {
      parentPort.postMessage({ type: 'records', drafts: [${JSON.stringify(reading(1000))}] });
      parentPort.postMessage({ type: 'stopped' });
    });`)}`,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-lost-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Broker and ingest, and what ingest says of the device. */
async function startSite() {
  const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), log);
  onTestFinished(() => broker.stop());
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const service = await startService(
    {
      ...{ httpHost: '127.0.0.1', httpPort: 0, dataDir: join(folder, 'ingest'), mqttUrl },
      ...{ influxDatabase: 'jostle', inboxRetentionDays: 7, logLevel: 'info' },
    },
    log,
    new ManualClock(START_MS + 3_600_000),
  );
  onTestFinished(() => service.stop());
  const api = `http://127.0.0.1:${service.httpPort}/api/v1`;
  const get = async <T>(path: string) => (await fetch(`${api}/${path}`)).json() as Promise<T>;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ id: 'BOX-A', name: 'Box A' });
  await fetch(`${api}/devices`, { method: 'POST', headers, body });
  return {
    mqttUrl,
    completeness: () => get<DeviceCompleteness>('devices/BOX-A/completeness'),
    alerts: async () => (await get<{ items: Alert[] }>('alerts?limit=200')).items,
  };
}

function startAgent(mqttUrl: string): Agent {
  const config = { deviceId: 'BOX-A', dataDir: folder, mqttUrl, outboxMaxRecords: 10_000 } as AgentConfig;
  const agent = runAgent({ config, workerUrl: WORKER, workerData: () => ({}), log });
  onTestFinished(() => agent.stop());
  return agent;
}

function fillOutbox(records: number): void {
  const outbox = new Outbox({ path: join(folder, 'outbox.db'), log, maxRecords: 10_000 });
  outbox.append(
    Array.from({ length: records }, (_, i) => reading(i)),
    '11111111-2222-4333-8444-555555555555',
  );
  outbox.close();
}

const seqsOf = (gaps: readonly { fromSeq: number; toSeq: number }[]) =>
  gaps.flatMap(({ fromSeq, toSeq }) => Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => fromSeq + i));

async function deliver(deleted: readonly number[]) {
  fillOutbox(900);
  deleteFromOutbox(join(folder, 'outbox.db'), deleted);
  const site = await startSite();
  const agent = startAgent(site.mqttUrl);
  await expect.poll(async () => (await site.completeness()).stored).toBe(900 - deleted.length);
  // What its last message says of the outbox decides: without the receipts it would still hold every row.
  await expect.poll(() => agent.delivery().backlog).toBe(0);
  await agent.stop();
  await expect.poll(async () => (await site.completeness()).inFlight).toBe(0);
  return site;
}

test('rows that a hand deleted from the outbox are lost, each of them and no other', async () => {
  const deleted = Array.from({ length: 60 }, (_, i) => 3 + i * 13 + (i % 4)).concat([1, 450, 451, 452, 900]);
  const site = await deliver(deleted);
  const { gaps, lost, stored, completeness } = await site.completeness();
  expect(gaps.every(({ state }) => state === 'lost')).toBe(true);
  expect(seqsOf(gaps)).toEqual([...new Set(deleted)].sort((a, b) => a - b));
  expect({ lost, stored }).toEqual({ lost: 65, stored: 836 });
  expect(completeness).toBe(836 / 901);
  const alerts = await site.alerts();
  expect(seqsOf(alerts.toReversed()).sort((a, b) => a - b)).toEqual(seqsOf(gaps));
  expect(alerts.every(({ kind, state }) => kind === 'lost' && state === 'open')).toBe(true);
});

test('an outbox that nobody touched raises nothing', async () => {
  const site = await deliver([]);
  expect(await site.completeness()).toMatchObject({ completeness: 1, stored: 901, gaps: [] });
  expect(await site.alerts()).toEqual([]);
});
