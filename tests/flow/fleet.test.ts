import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { ManualClock, type ShockEvent } from '@jostle/contracts';
import type { GroundTruth } from '@jostle/firmware-sim';
import type { FleetReport } from '@jostle/firmware-sim/fleet';
import { startService } from '@jostle/ingest';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The real command with real agents, the real broker and the real ingest. */

const log = pino({ level: 'silent' });
const FLEET = fileURLToPath(new URL('../../firmware-sim/src/fleet/main.ts', import.meta.url));
const DEVICES = 25;

const folder = mkdtempSync(join(tmpdir(), 'jostle-fleet-test-'));
let report: FleetReport;
let url: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), log);
  closing.unshift(() => broker.stop());
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const config = {
    httpHost: '127.0.0.1',
    httpPort: 0,
    influxDatabase: 'jostle',
    inboxRetentionDays: 7,
    logLevel: 'info',
  } as const;
  const dataDir = join(folder, 'ingest');
  const service = await startService({ ...config, dataDir, mqttUrl }, log, new ManualClock(Date.now()));
  closing.unshift(() => service.stop());
  url = `http://127.0.0.1:${service.httpPort}`;
  report = await runFleet(mqttUrl);
}, 400_000);

afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

async function runFleet(mqttUrl: string): Promise<FleetReport> {
  const size = ['--devices', String(DEVICES), '--minutes', '3', '--events', '1', '--seed', '5'];
  const places = ['--mqtt', mqttUrl, '--api', url, '--truth', join(folder, 'truth')];
  const child = spawn(process.execPath, ['--import', 'tsx', FLEET, ...size, ...places], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  closing.unshift(async () => {
    child.kill('SIGKILL');
  });
  const exited = once(child, 'exit');
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [{ report: FleetReport }];
  expect((await exited)[0]).toBe(0);
  return message.report;
}

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(url + path)).json()) as T;
}

function truths(): GroundTruth[] {
  const dir = join(folder, 'truth');
  return readdirSync(dir).map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')));
}

describe('a fleet of 25 devices', () => {
  it('has a receipt for every record, and ingest has stored each of them exactly once', async () => {
    expect(report).toMatchObject({ devices: DEVICES, waiting: 0 });
    expect(report.confirmed).toBe(report.generated);
    // Two climate sensors every 10 s and a coverage span a minute, over at least three minutes.
    expect(report.generated).toBeGreaterThan(DEVICES * 3 * 13);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`^jostle_ingest_records_stored_total ${report.generated}$`, 'm'));
    expect(await get('/api/v1/quarantine')).toMatchObject({ items: [] });
  });

  it('writes the truth of each device', () => {
    expect(new Set(truths().map((t) => t.deviceId)).size).toBe(DEVICES);
    for (const truth of truths()) expect(truth.custody.map((c) => c.leg)).toContain('HUB');
  });

  it('finds what really happened, and nothing else', async () => {
    let found = 0;
    for (const { deviceId, events } of truths()) {
      const { items } = await get<{ items: ShockEvent[] }>(`/api/v1/shocks?device=${deviceId}&limit=200`);
      const isNear = (event: { at: number }) => (shock: ShockEvent) =>
        Math.abs(Date.parse(shock.impactAt) - event.at) < 40;
      // A bump of the road may stay below the trigger of 5 g, and a rebound may melt into its impact.
      for (const event of events.filter(({ kind, isRebound }) => kind !== 'bump' && !isRebound)) {
        expect(items.filter(isNear(event)), JSON.stringify({ deviceId, ...event })).not.toEqual([]);
        found += 1;
      }
      for (const shock of items)
        expect(
          events.some((event) => isNear(event)(shock)),
          JSON.stringify({ deviceId, shock }),
        ).toBe(true);
    }
    expect(found).toBe(report.incidents);
    expect(found).toBeGreaterThan(DEVICES * 3);
  });
});
