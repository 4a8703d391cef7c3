import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '@jostle/ingest/testing';
import { deviceIdOf } from '../load/messages.ts';
import { NodeChild } from '../node-child.ts';
import { until } from '../waiting.ts';
import { NODE_FLAGS } from './node-flags.ts';

const MAIN = fileURLToPath(new URL('../../../ingest/src/main.ts', import.meta.url));
const INSERT_ROWS = 500;

/** Where telemetry goes. */
export interface InfluxTarget {
  url: string;
  user: string;
  token: string;
  database: string;
}

/** The data folder of an ingest, with its devices registered. */
export interface IngestFolder {
  path: string;
  /** Of its files, as they are. */
  bytes(): number;
  remove(): void;
}

export async function makeFolder(devices: number): Promise<IngestFolder> {
  const path = mkdtempSync(join(tmpdir(), 'jostle-bench-ingest-'));
  const store = await openStore({ dataDir: path });
  const rows = Array.from({ length: devices }, (_, i) => ({ id: deviceIdOf(i), name: deviceIdOf(i) }));
  for (let i = 0; i < rows.length; i += INSERT_ROWS)
    await store.db
      .insertInto('device')
      .values(rows.slice(i, i + INSERT_ROWS))
      .execute();
  await store.close();
  return {
    path,
    bytes: () => readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Ingest as it is run. */
export class IngestProcess {
  readonly child: NodeChild;
  readonly #url: string;

  private constructor(child: NodeChild, port: number) {
    this.child = child;
    this.#url = `http://127.0.0.1:${port}`;
  }

  static async start(mqttPort: number, folder: IngestFolder, influx: InfluxTarget): Promise<IngestProcess> {
    const child = new NodeChild([...NODE_FLAGS, '--import', 'tsx', MAIN], {
      HTTP_PORT: '0',
      MQTT_URL: `mqtt://127.0.0.1:${mqttPort}`,
      JOSTLE_DATA_DIR: folder.path,
      INFLUX_URL: influx.url,
      INFLUX_DB: influx.database,
      INFLUX_USER: influx.user,
      INFLUX_TOKEN: influx.token,
      LOG_LEVEL: 'fatal',
    });
    const { port } = await child.next<{ port: number }>('ready');
    const ingest = new IngestProcess(child, port);
    await until('ingest', async () => (await fetch(`${ingest.#url}/readyz`)).status === 200);
    return ingest;
  }

  /** Readings that its inbox has committed since the start. */
  async committed(): Promise<number> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    return Number(/^jostle_ingest_records_stored_total (\S+)$/m.exec(text)?.[1]);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
