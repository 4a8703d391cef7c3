import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceRecord, deviceTopic, encodeUpMessage, ManualClock } from '@jostle/contracts';
import { startService } from '@jostle/ingest';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { describeWithServer, startMosquitto } from '../support/servers.ts';

/** Any MQTT broker can stand in for ours; this one is not written in JavaScript. */

const EPOCH = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const START_MS = Date.UTC(2026, 2, 1);

const reading = (seq: number): DeviceRecord => ({
  seq,
  kind: 'climate',
  bootId: EPOCH,
  measuredAt: START_MS + seq * 1000,
  monotonicMs: seq * 1000,
  clockQuality: 'ntp',
  body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
});

async function startIngest(mqttUrl: string): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jostle-flow-mosquitto-'));
  const config = {
    ...{ httpHost: '127.0.0.1', httpPort: 0, dataDir, mqttUrl },
    ...{ influxDatabase: 'jostle', inboxRetentionDays: 7, logLevel: 'info' as const },
  };
  const service = await startService(config, pino({ level: 'silent' }), new ManualClock(START_MS));
  onTestFinished(async () => {
    await service.stop();
    rmSync(dataDir, { recursive: true });
  });
  return `http://127.0.0.1:${service.httpPort}`;
}

describeWithServer('mosquitto', 'the chain', () => {
  test('works on Mosquitto: a device gets the receipt of what it sent', async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const url = await startIngest(mosquitto.url);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    const body = JSON.stringify({ id: 'BOX-A', name: 'Box A' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/api/v1/devices`, { method: 'POST', headers, body });

    const device = await mqtt.connectAsync(mosquitto.url, { clientId: 'BOX-A' });
    onTestFinished(() => device.endAsync(true));
    const receipts: unknown[] = [];
    device.on('message', (_, payload) => receipts.push(JSON.parse(payload.toString())));
    await device.subscribeAsync(deviceTopic('BOX-A', 'receipt'), { qos: 1 });
    const records = Array.from({ length: 50 }, (_, i) => reading(i + 1));
    const message = JSON.stringify(encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 50 }, records));
    await device.publishAsync(deviceTopic('BOX-A', 'up'), message, { qos: 1 });

    await expect.poll(() => receipts).toEqual([{ v: 1, epoch: EPOCH, upTo: 50, have: [], dead: [] }]);
    const state = await (await fetch(`${url}/api/v1/devices/BOX-A`)).json();
    expect(state).toMatchObject({ state: { isOnline: true, backlog: 0 } });
  });
});
