import type { EdgeInput } from './edge-messages.ts';
import { NO_PACE } from './pace.ts';
import type { PartCommand } from './part.ts';

export interface BrokerPlace {
  host: string;
  port: number;
  /** Path of its credentials file. */
  credentials: string;
  /** Beyond these. */
  env: Record<string, string>;
}

export function brokerCommand(program: string, { host, port, credentials, env }: BrokerPlace): PartCommand {
  return node(program, {
    MQTT_HOST: host,
    MQTT_PORT: `${port}`,
    JOSTLE_MQTT_CREDENTIALS: credentials,
    ...NO_PACE,
    ...env,
  });
}

export interface IngestPlace {
  host: string;
  port: number;
  apiKey: string;
  dataDir: string;
  mqttUrl: string;
  token: string;
  /** Where its databases are; it keeps everything itself without them. */
  servers: Record<string, string>;
}

export function ingestCommand(program: string, place: IngestPlace): PartCommand {
  return node(program, {
    HTTP_HOST: place.host,
    HTTP_PORT: `${place.port}`,
    JOSTLE_API_KEY: place.apiKey,
    JOSTLE_DATA_DIR: place.dataDir,
    MQTT_URL: place.mqttUrl,
    INGEST_MQTT_TOKEN: place.token,
    ...place.servers,
  });
}

export function edgeCommand(program: string, input: EdgeInput): PartCommand {
  return node(program, {}, JSON.stringify(input));
}

/** With nothing of this process's environment but the path. */
function node(program: string, env: Record<string, string>, ...args: string[]): PartCommand {
  const { PATH } = process.env;
  return { program: process.execPath, args: [program, ...args], options: { env: { PATH, ...env } } };
}
