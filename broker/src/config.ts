import { readFileSync } from 'node:fs';
import { LogLevel, readListenerConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

/** What the broker reads from its environment. */
export const BrokerConfig = Type.Object({
  host: Type.String({
    env: 'MQTT_HOST',
    title: 'Address to listen on; beyond loopback only with a credentials file.',
    default: '127.0.0.1',
    minLength: 1,
  }),
  port: Type.Integer({
    env: 'MQTT_PORT',
    title: 'Port for MQTT 3.1.1 over TCP; 0 takes a free one.',
    default: 1883,
    minimum: 0,
    maximum: 65_535,
  }),
  credentialsFile: Type.Optional(
    Type.String({
      env: 'JOSTLE_MQTT_CREDENTIALS',
      title: 'Path of the credentials file; without it every client id is believed, on loopback only.',
      minLength: 1,
    }),
  ),
  maxConnections: Type.Integer({
    env: 'MQTT_MAX_CONNECTIONS',
    title: 'Connections that are open at once, at most.',
    default: 5_000,
    minimum: 1,
    maximum: 100_000,
  }),
  maxConnectionsPerAddress: Type.Integer({
    env: 'MQTT_MAX_CONNECTIONS_PER_ADDRESS',
    title: 'Connections of one remote address that are open at once, at most.',
    default: 200,
    minimum: 1,
    maximum: 100_000,
  }),
  deviceMessagesPerSecond: Type.Integer({
    env: 'MQTT_DEVICE_MESSAGES_PER_S',
    title:
      'Packets that one device may send each second in the long run; one that sends faster is read more slowly.',
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
  }),
  deviceBytesPerSecond: Type.Integer({
    env: 'MQTT_DEVICE_BYTES_PER_S',
    title: 'Bytes that one device may send each second in the long run.',
    default: 262_144,
    minimum: 1_024,
    maximum: 1_000_000_000,
  }),
  metricsPort: Type.Optional(
    Type.Integer({
      env: 'MQTT_METRICS_PORT',
      title: 'Port on loopback at which /metrics answers Prometheus; 0 takes a free one. None without it.',
      minimum: 0,
      maximum: 65_535,
    }),
  ),
  logLevel: LogLevel,
});
export type BrokerConfig = Static<typeof BrokerConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once, CONFIG_OPEN_WITHOUT_CREDENTIALS */
export function readBrokerConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): BrokerConfig {
  return readListenerConfig(BrokerConfig, env, (path) => readFileSync(path, 'utf8'), {
    host: 'host',
    credentials: 'credentialsFile',
  });
}
