import { readFileSync } from 'node:fs';
import { LogLevel, readListenerConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

/** What ingest reads from its environment. */
export const IngestConfig = Type.Object({
  httpHost: Type.String({
    env: 'HTTP_HOST',
    title: 'Address to listen on; beyond loopback only with an API key.',
    default: '127.0.0.1',
    minLength: 1,
  }),
  httpPort: Type.Integer({
    env: 'HTTP_PORT',
    title: 'Port of the API and the console; 0 takes a free one.',
    default: 8080,
    minimum: 0,
    maximum: 65_535,
  }),
  apiKey: Type.Optional(
    Type.String({
      env: 'JOSTLE_API_KEY',
      title: 'Key that callers of the API send as `Authorization: Bearer KEY`, 16 characters or more.',
      secret: true,
      minLength: 16,
    }),
  ),
  dataDir: Type.String({
    env: 'JOSTLE_DATA_DIR',
    title: 'Folder of the SQLite store.',
    default: './.data',
    minLength: 1,
  }),
  databaseUrl: Type.Optional(
    Type.String({
      env: 'DATABASE_URL',
      title: 'PostgreSQL to use instead of SQLite, as postgres://user:password@host:port/database.',
      secret: true,
      pattern: '^postgres(ql)?://',
    }),
  ),
  mqttUrl: Type.String({
    env: 'MQTT_URL',
    title: 'The broker, as mqtt://host:port or mqtts://host:port.',
    default: 'mqtt://127.0.0.1:1883',
    pattern: '^mqtts?://',
  }),
  mqttId: Type.Optional(
    Type.String({
      env: 'INGEST_MQTT_ID',
      title:
        'Client id at the broker, for which the token was issued; by default `ingest` with a token, a random one without.',
      pattern: '^ingest(-[A-Za-z0-9_-]{1,56})?$',
    }),
  ),
  mqttToken: Type.Optional(
    Type.String({
      env: 'INGEST_MQTT_TOKEN',
      title: 'Token of ingest at the broker.',
      secret: true,
      minLength: 1,
    }),
  ),
  mqttShareGroup: Type.Optional(
    Type.String({
      env: 'MQTT_SHARE_GROUP',
      title:
        'Group of workers that share the messages, on a broker with shared subscriptions; all workers need the same DATABASE_URL.',
      pattern: '^[A-Za-z0-9_-]{1,64}$',
    }),
  ),
  influxUrl: Type.Optional(
    Type.String({
      env: 'INFLUX_URL',
      title: 'InfluxDB for curves, as http://host:port; without it they are kept in the store.',
      pattern: '^https?://',
    }),
  ),
  influxDatabase: Type.String({
    env: 'INFLUX_DB',
    title: 'Database or bucket in InfluxDB.',
    default: 'jostle',
    minLength: 1,
  }),
  influxUser: Type.Optional(
    Type.String({ env: 'INFLUX_USER', title: 'User of InfluxDB 1; versions 2 and 3 do not look at it.' }),
  ),
  influxToken: Type.Optional(
    Type.String({
      env: 'INFLUX_TOKEN',
      title: 'Password of that user in InfluxDB 1, API token in versions 2 and 3.',
      secret: true,
    }),
  ),
  inboxRetentionDays: Type.Integer({
    env: 'INBOX_RETENTION_DAYS',
    title: 'Days after which records leave the inbox; curves, events and what was received stay.',
    default: 7,
    minimum: 1,
    maximum: 3650,
  }),
  consoleDir: Type.Optional(
    Type.String({
      env: 'JOSTLE_CONSOLE_DIR',
      title: 'Folder of the built console; without it `/` is empty.',
    }),
  ),
  logLevel: LogLevel,
});
export type IngestConfig = Static<typeof IngestConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once, CONFIG_OPEN_WITHOUT_CREDENTIALS */
export function readIngestConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): IngestConfig {
  return readListenerConfig(IngestConfig, env, (path) => readFileSync(path, 'utf8'), {
    host: 'httpHost',
    credentials: 'apiKey',
  });
}
