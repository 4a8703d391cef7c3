import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { issueToken } from '@jostle/broker/identity';
import { addRange, type DecodedUp, decodeUpMessage, deviceTopic, type SeqRanges } from '@jostle/contracts';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { closeTogether } from '../../support/joined-sockets.ts';

/** The other end of one device: the real broker behind a counting proxy, and receipts as ingest sends them. */
export interface Station {
  deviceId: string;
  token: string;
  /** Of the proxy. */
  mqttUrl: string;
  /** MQTT bytes so far, both ways, without TCP/IP headers. */
  bytes: { up: number; down: number };
  stop(): Promise<void>;
}

/** @param folder where the credentials lie */
export async function startStation(folder: string): Promise<Station> {
  const deviceId = 'BENCH-1';
  const device = issueToken(deviceId, 'device');
  const ingest = issueToken('ingest', 'ingest');
  const credentialsFile = join(folder, 'credentials.json');
  writeFileSync(credentialsFile, JSON.stringify({ clients: [device.entry, ingest.entry] }));
  // A day is sent in minutes: the device's caps of a real day would slow it down.
  const config = readBrokerConfig({
    MQTT_PORT: '0',
    JOSTLE_MQTT_CREDENTIALS: credentialsFile,
    MQTT_DEVICE_MESSAGES_PER_S: '1000000',
    MQTT_DEVICE_BYTES_PER_S: '1000000000',
  });
  const broker = await startBroker(config, pino({ level: 'silent' }));
  const bytes = { up: 0, down: 0 };
  const proxy = createServer((socket) => {
    const onward = connect(broker.port, '127.0.0.1');
    socket.on('data', (chunk) => {
      bytes.up += chunk.length;
      onward.write(chunk);
    });
    onward.on('data', (chunk) => {
      bytes.down += chunk.length;
      socket.write(chunk);
    });
    closeTogether(socket, onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const stopAnswering = await answer(broker.port, ingest.token);
  return {
    deviceId,
    token: device.token,
    mqttUrl: `mqtt://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    bytes,
    async stop() {
      await stopAnswering();
      await broker.stop();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** Answers each message with the receipt for all that came, as ingest does after its commit. */
async function answer(port: number, token: string): Promise<() => Promise<void>> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'ingest-1',
    username: 'ingest-1',
    password: token,
    protocolVersion: 4,
  });
  let received: SeqRanges = [];
  client.on('message', (topic, payload) => {
    const run = decodeUpMessage(JSON.parse(payload.toString())) as DecodedUp;
    received = addRange(received, run.fromSeq, run.toSeq);
    const upTo = received.find(([from]) => from === 1)?.[1] ?? 0;
    const have = received.filter(([from]) => from > 1);
    const receipt = { v: 1, epoch: run.epoch, upTo, have, dead: [] };
    client.publish(topic.replace(/up$/, 'receipt'), JSON.stringify(receipt), { qos: 1 });
  });
  await client.subscribeAsync(deviceTopic('+', 'up'), { qos: 1 });
  return () => client.endAsync(true);
}
