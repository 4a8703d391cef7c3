import { once } from 'node:events';
import type { Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Broker, type BrokerTiming, startBroker } from '../broker.ts';

/** A broker and its clients for one test; all of them end with it. */

const log = pino({ level: 'silent' });
const config = {
  host: '127.0.0.1',
  port: 0,
  maxConnections: 100,
  maxConnectionsPerAddress: 100,
  deviceMessagesPerSecond: 1_000_000,
  deviceBytesPerSecond: 1_000_000_000,
  logLevel: 'info',
} as const;

export async function brokerFor(
  overrides: Partial<Parameters<typeof startBroker>[0]> = {},
  timing: Partial<BrokerTiming> = {},
  brokerLog = log,
): Promise<Broker> {
  const broker = await startBroker({ ...config, ...overrides }, brokerLog, timing);
  onTestFinished(() => broker.stop());
  return broker;
}

export function clientOf(broker: Broker, id: string, options: mqtt.IClientOptions = {}): MqttClient {
  const client = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
    clientId: id,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...options,
  });
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  return client;
}

type ClientEvent = 'connect' | 'close' | 'message' | 'error';

/** The first argument of the next such event. */
export function next(client: MqttClient, event: ClientEvent): Promise<unknown> {
  return new Promise((resolve) => client.once(event, (first: unknown) => resolve(first)));
}

export async function online(
  broker: Broker,
  id: string,
  options: mqtt.IClientOptions = {},
): Promise<MqttClient> {
  const client = clientOf(broker, id, options);
  await next(client, 'connect');
  return client;
}

/** The QoS that was granted; a refusal is an error of the client library. */
export const qosOf = (client: MqttClient, filter: string) =>
  client.subscribeAsync(filter, { qos: 1 }).then(
    (granted) => granted[0]?.qos,
    () => 'refused',
  );

/** Everything that an ingest worker sees, and a wait for the first message that fits. */
export async function listener(broker: Broker, filters: string[]) {
  const client = await online(broker, 'ingest-listener');
  const seen: { topic: string; text: string; retain: boolean }[] = [];
  client.on('message', (topic, payload, { retain }) =>
    seen.push({ topic, text: payload.toString(), retain }),
  );
  await client.subscribeAsync(filters, { qos: 1 });
  const until = async (text: string) => {
    while (!seen.some((message) => message.text === text)) await next(client, 'message');
  };
  return { client, seen, until };
}

export async function ended(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket.resume(), 'close');
}

/** What the broker counts at this moment, by name. */
export async function metricsOf({ metricsPort }: Broker): Promise<(name: string) => number> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  const lines = (await answer.text()).split('\n');
  return (name) => Number(lines.find((line) => line.startsWith(`jostle_broker_${name} `))?.split(' ')[1]);
}
