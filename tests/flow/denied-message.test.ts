import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { addRange, type DecodedUp, decodeUpMessage, deviceTopic, type SeqRanges } from '@jostle/contracts';
import { type AgentConfig, runAgent } from '@jostle/edge/agent';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { closeTogether } from '../support/joined-sockets.ts';

/** The real agent and the real broker; between them the agent's first message is given a topic that is not its own. */

const log = pino({ level: 'silent' });
const RECORDS = 500;
const WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const draft = (i) => ({
      kind: 'climate', measuredAt: 1772323200000 + i, monotonicMs: i, clockQuality: 'ntp',
      body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
    });
    parentPort.postMessage({ type: 'ready', sensors: ['sht31d-44'] });
    parentPort.postMessage({ type: 'records', drafts: Array.from({ length: ${RECORDS} }, (_, i) => draft(i)) });
    parentPort.on('message', () => parentPort.postMessage({ type: 'stopped' }));`)}`,
);

const OWN = Buffer.from(deviceTopic('BOX-A', 'up'));
const FOREIGN = Buffer.from(deviceTopic('BOX-B', 'up'));

/** Passes everything on, the first message under a foreign topic. */
async function startSwapper(brokerPort: number) {
  const seen = { connections: 0, swappedSeq: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    const onward = connect(brokerPort, '127.0.0.1');
    socket.on('data', (chunk) => {
      const at = seen.swappedSeq === 0 ? chunk.indexOf(OWN) : -1;
      if (at >= 0) {
        FOREIGN.copy(chunk, at);
        seen.swappedSeq = Number(/"seq":(\d+)/.exec(chunk.toString('latin1', at))?.[1]);
      }
      onward.write(chunk);
    });
    onward.pipe(socket);
    closeTogether(socket, onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { seen, port: (server.address() as AddressInfo).port };
}

/** Plays ingest: everything has its receipt. */
async function startStation(port: number) {
  const station = { received: [] as SeqRanges, first: null as SeqRanges[number] | null };
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'ingest-1',
    protocolVersion: 4,
  });
  onTestFinished(() => client.endAsync(true));
  client.on('message', (_topic, payload) => {
    const run = decodeUpMessage(JSON.parse(payload.toString())) as DecodedUp;
    station.first ??= [run.fromSeq, run.toSeq];
    station.received = addRange(station.received, run.fromSeq, run.toSeq);
    const upTo = station.received.find(([from]) => from === 1)?.[1] ?? 0;
    const have = station.received.filter(([from]) => from > 1);
    const receipt = { v: 1, epoch: run.epoch, upTo, have, dead: [] };
    client.publish(deviceTopic('BOX-A', 'receipt'), JSON.stringify(receipt));
  });
  await client.subscribeAsync(deviceTopic('+', 'up'), { qos: 1 });
  return station;
}

test('a message that the broker refuses holds up nothing behind it, and the connection stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-denied-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0', MQTT_METRICS_PORT: '0' }), log);
  onTestFinished(() => broker.stop());
  const station = await startStation(broker.port);
  const { seen, port } = await startSwapper(broker.port);
  const config = { deviceId: 'BOX-A', dataDir: folder, mqttUrl: `mqtt://127.0.0.1:${port}` };
  const agent = runAgent({
    config: { ...config, outboxMaxRecords: 10_000 } as AgentConfig,
    workerUrl: WORKER,
    workerData: () => ({}),
    log,
  });
  onTestFinished(() => agent.stop());

  await expect.poll(() => station.first).not.toBeNull();
  await expect.poll(() => agent.status().backlog).toBe(0);
  expect(station.received).toEqual([[1, RECORDS]]);
  // What was refused came again, behind what it did not hold up.
  const [from, to] = station.first ?? [0, 0];
  expect(seen.swappedSeq).toBeGreaterThan(0);
  expect(seen.swappedSeq < from || seen.swappedSeq > to).toBe(true);
  expect(seen.connections).toBe(1);
  const metrics = await (await fetch(`http://127.0.0.1:${broker.metricsPort}/metrics`)).text();
  expect(metrics).toContain('jostle_broker_refusals_total{code="BROKER_TOPIC_REFUSED"} 1');
});
