import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JostleError } from '@jostle/contracts';
import { Child } from './child-process.ts';
import type { StartConfig } from './config.ts';
import { entryOf, type Layout } from './layout.ts';
import type { Parcel, Story } from './story.ts';
import { journeyOf } from './story-journeys.ts';

/** The processes of the system, in the order in which they start; they stop in the opposite order. */
export interface System {
  broker: Child;
  ingest: Child;
  devices: Child[];
}

export function systemOf(
  config: StartConfig,
  layout: Layout,
  story: Story,
  say: (line: string) => void,
): System {
  const mqttUrl = `mqtt://127.0.0.1:${config.mqttPort}`;
  const child = (name: string, entry: string, env: Record<string, string>, needsSecrets = false) =>
    new Child({ name, entry: entryOf(entry), env, needsSecrets }, layout, say);
  return {
    broker: child('broker', 'broker/src/main.ts', {
      MQTT_PORT: String(config.mqttPort),
      JOSTLE_MQTT_CREDENTIALS: credentialsPath(layout),
    }),
    ingest: child(
      'ingest',
      'ingest/src/main.ts',
      {
        HTTP_PORT: String(config.httpPort),
        JOSTLE_DATA_DIR: layout.ingest,
        JOSTLE_CONSOLE_DIR: layout.console,
        MQTT_URL: mqttUrl,
        INGEST_MQTT_TOKEN_FILE: tokenPath(layout, 'ingest'),
      },
      true,
    ),
    devices: story.parcels.map((parcel) =>
      child(parcel.device.id, 'firmware-sim/src/device/main.ts', {
        DEVICE_ID: parcel.device.id,
        DEVICE_TOKEN_FILE: tokenPath(layout, parcel.device.id),
        JOSTLE_DATA_DIR: layout.device(parcel.device.id),
        JOSTLE_SIM_FILE: join(layout.device(parcel.device.id), 'journey.json'),
        MQTT_URL: mqttUrl,
      }),
    ),
  };
}

/** Writes what each simulated device lives through; `fromMs` is where its time starts. */
export function writeJourneys(layout: Layout, story: Story, fromMs: number, speed: number): void {
  story.parcels.forEach((parcel: Parcel, n) => {
    const file = join(layout.device(parcel.device.id), 'journey.json');
    const journey = { seed: 1000 + n, simFromMs: fromMs, speed, journey: journeyOf(story, parcel) };
    writeFileSync(file, `${JSON.stringify(journey, null, 2)}\n`);
  });
}

/** Tokens for ingest and the devices, made once by the broker's own tool; the broker keeps only their hashes. */
export async function issueTokens(layout: Layout, story: Story): Promise<void> {
  const clients = ['ingest:ingest', ...story.parcels.map((p) => `device:${p.device.id}`)];
  const isComplete = clients.every((c) => existsSync(tokenPath(layout, c.split(':')[1] ?? '')));
  if (isComplete && existsSync(credentialsPath(layout))) return;
  await runTool('broker/src/issue-tokens.ts', [
    '--credentials',
    credentialsPath(layout),
    '--tokens',
    layout.secrets,
    ...clients,
  ]);
}

export function buildConsole(layout: Layout): Promise<void> {
  return runTool('dashboards/console/build.ts', [layout.console]);
}

const credentialsPath = (layout: Layout) => join(layout.secrets, 'mqtt-credentials.json');
const tokenPath = (layout: Layout, id: string) => join(layout.secrets, `${id}.token`);

function runTool(entry: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const tool = spawn(process.execPath, ['--import', 'tsx', entryOf(entry), ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    tool.once('error', reject);
    tool.once('exit', (code) =>
      code === 0 ? resolve() : reject(new JostleError('DEMO_PROCESS_ENDED', `${entry} ended with ${code}`)),
    );
  });
}
