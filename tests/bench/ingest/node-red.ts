import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type InfluxServer } from '@jostle/ingest/testing';
import { NodeChild } from '../node-child.ts';
import { until } from '../waiting.ts';
import { NODE_FLAGS } from './node-flags.ts';

const PACKAGES = ['node-red@4', 'node-red-contrib-influxdb@0.7'];
const INSTALL_LIMIT_MS = 180_000;

/** `each`: its node as it comes, one point a message. `batched`: a function node gathers 500 points for the batch node. */
export type FlowKind = 'each' | 'batched';

export interface NodeRed {
  /** Starts it with a flow that goes from this broker to this database. */
  start(kind: FlowKind, mqttPort: number, influx: InfluxServer, database: string): Promise<NodeChild>;
  remove(): void;
}

/** Installs Node-RED into a scratch folder. @returns the reason where this machine cannot */
export async function installNodeRed(): Promise<NodeRed | string> {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-node-red-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  try {
    const args = ['install', '--no-audit', '--no-fund', '--omit=dev', ...PACKAGES];
    await promisify(execFile)('npm', args, { cwd: folder, timeout: INSTALL_LIMIT_MS });
  } catch (error) {
    remove();
    return `npm cannot install it: ${
      String((error as { stderr?: string }).stderr ?? error)
        .trim()
        .split('\n')[0]
    }`;
  }
  return { remove, start: (...given) => startNodeRed(folder, ...given) };
}

async function startNodeRed(
  folder: string,
  kind: FlowKind,
  mqttPort: number,
  influx: InfluxServer,
  database: string,
): Promise<NodeChild> {
  const userDir = join(folder, kind);
  const uiPort = await freePort();
  mkdirSync(userDir);
  const credentials = { influx: { username: influx.user, password: influx.token } };
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow(kind, mqttPort, influx, database)));
  writeFileSync(join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
  writeFileSync(
    join(userDir, 'settings.js'),
    `module.exports = ${JSON.stringify({
      uiHost: '127.0.0.1',
      uiPort,
      flowFile: 'flows.json',
      credentialSecret: false,
      nodesDir: [join(folder, 'node_modules', 'node-red-contrib-influxdb')],
      telemetry: { enabled: false, updateNotification: false },
      logging: { console: { level: 'error', metrics: false, audit: false } },
    })}`,
  );
  const program = join(folder, 'node_modules', 'node-red', 'red.js');
  const child = new NodeChild([...NODE_FLAGS, program, '--userDir', userDir]);
  const isUp = async () =>
    (await fetch(`http://127.0.0.1:${uiPort}/flows`).catch(() => null))?.status === 200;
  await until('Node-RED', isUp, { everyMs: 200 });
  return child;
}

const EACH = `
msg.payload = [
  { temp_c: msg.payload.temp_c, rh_pct: msg.payload.rh_pct, time: msg.payload.time },
  { device: msg.payload.device },
];
return msg;`;

const BATCHED = `
const points = context.get('points') || [];
for (const { device, time, temp_c, rh_pct } of [].concat(msg.payload))
  points.push({ measurement: 'env', fields: { temp_c, rh_pct }, tags: { device }, timestamp: time });
if (points.length < 500) {
  context.set('points', points);
  return null;
}
context.set('points', []);
return { payload: points };`;

/** Of many readings in a message the node takes an array of pairs. */
const EACH_MESSAGE = `
if (Array.isArray(msg.payload)) {
  msg.payload = msg.payload.map(({ device, ...fields }) => [fields, { device }]);
  return msg;
}${EACH}`;

function flow(kind: FlowKind, mqttPort: number, { url }: InfluxServer, database: string): unknown[] {
  const { hostname, port } = new URL(url);
  const isEach = kind === 'each';
  const at = { z: 'tab', x: 0, y: 0 };
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    {
      ...{ id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: `${mqttPort}`, usetls: false },
      ...{ clientid: 'ingest-nodered', protocolVersion: '4', keepalive: '60', cleansession: true },
      ...{ autoConnect: true, birthTopic: '', closeTopic: '', willTopic: '' },
    },
    {
      ...{ id: 'influx', type: 'influxdb', influxdbVersion: '1.x', hostname, port, protocol: 'http' },
      ...{ database, name: '', usetls: false },
    },
    {
      ...{ ...at, id: 'in', type: 'mqtt in', topic: 'jostle/v1/devices/+/up', qos: '1', broker: 'broker' },
      ...{ datatype: 'buffer', nl: false, rap: false, inputs: 0, wires: [['json']] },
    },
    { ...at, id: 'json', type: 'json', property: 'payload', action: 'obj', wires: [['function']] },
    {
      ...{ ...at, id: 'function', type: 'function', func: isEach ? EACH_MESSAGE : BATCHED, outputs: 1 },
      ...{ timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [], wires: [['out']] },
    },
    {
      ...{ ...at, id: 'out', type: isEach ? 'influxdb out' : 'influxdb batch', influxdb: 'influx' },
      ...{ measurement: 'env', precision: 'ms', retentionPolicy: '', wires: [] },
    },
  ];
}
