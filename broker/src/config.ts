import { readFileSync } from 'node:fs';
import { LogLevel, readListenerConfig } from '@jostle/contracts';
import Type, { type Static } from 'typebox';

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
  logLevel: LogLevel,
});
export type BrokerConfig = Static<typeof BrokerConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once, CONFIG_OPEN_WITHOUT_CREDENTIALS */
export function readBrokerConfig(): BrokerConfig {
  return readListenerConfig(BrokerConfig, process.env, (path) => readFileSync(path, 'utf8'), {
    host: 'host',
    credentials: 'credentialsFile',
  });
}
