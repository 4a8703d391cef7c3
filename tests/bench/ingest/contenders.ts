import { fileURLToPath } from 'node:url';
import type { InfluxServer } from '@jostle/ingest/testing';
import { type BrokerChild, startOurBroker } from '../broker-child.ts';
import { Load } from '../load/load.ts';
import type { Format } from '../load/messages.ts';
import { NodeChild } from '../node-child.ts';
import { NODE_FLAGS } from './node-flags.ts';
import type { NodeRed } from './node-red.ts';
import { IngestProcess, makeFolder } from './ours.ts';

export const DEVICES = 50;
/** Messages of a device without a PUBACK, as many as the edge agent has. */
const IN_FLIGHT = 20;
const BARE_SCRIPT = fileURLToPath(new URL('./bare-script.js', import.meta.url));

export type ContenderName = 'ours' | 'bare' | 'nodered.each' | 'nodered.batched';

/** One way from the broker to InfluxDB, with a broker and a database of its own on the same InfluxDB. */
export interface Contender {
  name: ContenderName;
  database: string;
  format: Format;
  broker: BrokerChild;
  consumer: { pid: number };
  /** Starts devices that send to it, so many readings a message. */
  load(readings: number): Promise<Load>;
  /** Of what it keeps beside InfluxDB. */
  bytes(): number;
  stop(): Promise<void>;
}

export async function startContender(
  name: ContenderName,
  influx: InfluxServer,
  nodeRed?: NodeRed,
): Promise<Contender> {
  const database = `bench_${name.replace('.', '_')}`;
  const broker = await startOurBroker();
  await influx.query(`CREATE DATABASE "${database}"`);
  const format = name === 'ours' ? 'run' : 'rows';
  const { pid, bytes, stop } = await startConsumer(name, broker.port, influx, database, nodeRed);
  return {
    ...{ name, database, format, broker, bytes },
    consumer: { pid },
    load: (readings) =>
      Load.start({ port: broker.port, devices: DEVICES, format, readings, inFlight: IN_FLIGHT }),
    stop: async () => {
      await stop();
      await broker.stop();
    },
  };
}

interface Consumer {
  pid: number;
  bytes(): number;
  stop(): Promise<void>;
}

async function startConsumer(
  name: ContenderName,
  mqttPort: number,
  influx: InfluxServer,
  database: string,
  nodeRed: NodeRed | undefined,
): Promise<Consumer> {
  if (name === 'ours') {
    const folder = await makeFolder(DEVICES);
    const ingest = await IngestProcess.start(mqttPort, folder, { ...influx, database });
    const stop = async () => {
      await ingest.stop();
      folder.remove();
    };
    return { pid: ingest.child.pid, bytes: folder.bytes, stop };
  }
  const child = await startOther(name, mqttPort, influx, database, nodeRed);
  return { pid: child.pid, bytes: () => 0, stop: () => child.stop() };
}

async function startOther(
  name: Exclude<ContenderName, 'ours'>,
  mqttPort: number,
  influx: InfluxServer,
  database: string,
  nodeRed: NodeRed | undefined,
): Promise<NodeChild> {
  if (nodeRed !== undefined && name !== 'bare')
    return nodeRed.start(name === 'nodered.each' ? 'each' : 'batched', mqttPort, influx, database);
  const child = new NodeChild([...NODE_FLAGS, BARE_SCRIPT], {
    MQTT_URL: `mqtt://127.0.0.1:${mqttPort}`,
    INFLUX_URL: influx.url,
    INFLUX_DB: database,
    INFLUX_USER: influx.user,
    INFLUX_TOKEN: influx.token,
  });
  await child.next('ready');
  return child;
}
