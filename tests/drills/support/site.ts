import { join } from 'node:path';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import type { Clock } from '@jostle/contracts';
import { startService } from '@jostle/ingest';
import { readIngestConfig } from '@jostle/ingest/config';
import { pino } from 'pino';
import { awaited } from '../../support/waiting.ts';
import { registerDevices } from './registration.ts';

const READY_MS = 30_000;

export const SILENT = pino({ level: 'silent' });

export const SYSTEM_CLOCK: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  quality: () => 'ntp',
};

export interface SiteOptions {
  /** The store goes below it. */
  folder: string;
  /** Beyond the defaults of the broker. */
  brokerEnv?: Record<string, string>;
  /** A broker that runs already; none is started then. */
  mqttUrl?: string;
}

/** A broker and ingest in this process, both real, on free ports of the loopback interface. */
export interface Site {
  mqttUrl: string;
  httpPort: number;
  /** Folder of the store, to be counted after `stop`. */
  dataDir: string;
  register(deviceIds: readonly string[]): Promise<void>;
  /** The sum of a metric over its labels. */
  ingestMetric(name: string): Promise<number>;
  brokerMetric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Folder of the store of a site, also before that is opened. */
export function dataDirOf(folder: string): string {
  return join(folder, 'ingest');
}

export async function openSite({ folder, brokerEnv = {}, mqttUrl: given }: SiteOptions): Promise<Site> {
  const config = readBrokerConfig({ MQTT_PORT: '0', MQTT_METRICS_PORT: '0', ...brokerEnv });
  const broker = given === undefined ? await startBroker(config, SILENT) : undefined;
  const mqttUrl = given ?? `mqtt://127.0.0.1:${broker?.port}`;
  const dataDir = dataDirOf(folder);
  const env = { HTTP_PORT: '0', JOSTLE_DATA_DIR: dataDir, MQTT_URL: mqttUrl };
  const service = await startService(readIngestConfig(env), SILENT, SYSTEM_CLOCK);
  const { httpPort } = service;
  await ready(httpPort);
  return {
    mqttUrl,
    httpPort,
    dataDir,
    register: (deviceIds) => registerDevices(`http://127.0.0.1:${httpPort}`, deviceIds),
    ingestMetric: (name) => metric(httpPort, name),
    brokerMetric: (name) => metric(broker?.metricsPort ?? 0, name),
    stop: async () => {
      await service.stop();
      await broker?.stop();
    },
  };
}

/** Until then nobody takes what devices send, and they send it again seconds later. */
export function ready(httpPort: number): Promise<void> {
  const ask = async () => (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).ok;
  return awaited('ingest being ready', READY_MS, ask);
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  if (!text.includes(`# TYPE ${name} `)) throw new Error(`there is no metric ${name}`);
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
