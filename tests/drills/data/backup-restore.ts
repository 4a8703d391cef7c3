import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { ManualClock } from '@jostle/contracts';
import { startService } from '@jostle/ingest';
import { openStore, storedRecords } from '@jostle/ingest/testing';
import { pino } from 'pino';
import { type Figure, figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { PlayedDevice } from './played-device.ts';

const JOSTLE = fileURLToPath(new URL('../../../ingest/bin/jostle.js', import.meta.url));
const WAIT_LIMIT_MS = 600_000;
/** A restore is to take no longer than this. */
const RESTORE_MAX_MS = 15 * 60_000;

/** Records of a device before the backup; a fifth of it comes at each stage after. */
const RECORDS = { short: 3000, long: 200_000 };

/**
 * Two devices send all the time. From the backup on no receipt reaches the first one: it still holds what came after,
 * and all of it has to be there again after the restore. The second one forgets what it has receipts for; of that only
 * what was receipted between backup and restore may be missing.
 */
export const backupRestore: Drill = {
  name: 'backup-restore',
  about: 'Takes a backup under load, goes on, and restores it under load; devices deliver again.',
  run: runDrill,
};

async function runDrill({ isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const log = pino({ level: 'silent' });
  const broker = await startBroker(
    readBrokerConfig({ MQTT_PORT: '0', MQTT_DEVICE_MESSAGES_PER_S: '100000' }),
    log,
  );
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const dataDir = join(folder, 'ingest');
  const service = await startService(
    {
      ...{ httpHost: '127.0.0.1', httpPort: 0, dataDir, mqttUrl },
      ...{ influxDatabase: 'jostle', inboxRetentionDays: 7, logLevel: 'info' },
    },
    log,
    new ManualClock(Date.UTC(2026, 2, 1)),
  );
  const url = `http://127.0.0.1:${service.httpPort}`;
  const devices: PlayedDevice[] = [];
  try {
    for (const id of ['BOX-A', 'BOX-B']) {
      await register(url, id);
      devices.push(await PlayedDevice.connect(mqttUrl, id, randomUUID()));
    }
    const [keeping, forgetting] = devices as [PlayedDevice, PlayedDevice];
    const played = await play({ keeping, forgetting, url, folder, isLong, progress });
    await service.stop();
    const { gone, ...counts } = await counted(dataDir, devices, played.goneFrom);
    const how = 'Receipted between backup and restore by a device that then forgot them; the help says so.';
    const others = [...played.others, figure('backup-restore.gone', gone, 'records', how)];
    return { ...counts, others, recoveryMs: played.recoveryMs };
  } finally {
    for (const device of devices) await device.leave();
    await service.stop();
    await broker.stop();
  }
}

interface Played {
  recoveryMs: number;
  others: readonly Figure[];
  /** How many the forgetting device had forgotten when the backup began, and when the restore had ended. */
  goneFrom: { begin: number; end: number };
}

async function play(stage: {
  keeping: PlayedDevice;
  forgetting: PlayedDevice;
  url: string;
  folder: string;
  isLong: boolean;
  progress: (text: string) => void;
}): Promise<Played> {
  const { keeping, forgetting, url, folder, isLong, progress } = stage;
  const devices = [keeping, forgetting];
  const load = isLong ? RECORDS.long : RECORDS.short;
  const more = () => {
    for (const device of devices) device.make(load / 5);
  };
  for (const device of devices) device.make(load);
  await until(() => devices.every((device) => device.held === 0));

  progress('backup under load');
  keeping.heedsReceipts = false;
  const begin = forgetting.forgotten.length;
  more();
  const dir = join(folder, 'backup');
  const backup = await jostle(url, 'backup', dir);
  more();
  await until(() => forgetting.held === 0);

  progress('restore under load');
  more();
  const restore = await jostle(url, 'restore', dir, '--replace');
  const end = forgetting.forgotten.length;
  const restoredAt = performance.now();
  keeping.heedsReceipts = true;
  more();
  await until(() => devices.every((device) => device.held === 0));
  const recoveryMs = performance.now() - restoredAt;
  const { rows, unequal } = compared(dir, restore.out);
  const name = 'backup-restore';
  const others = [
    figure(`${name}.rows`, rows, 'rows', 'Rows of all tables in the backup.', { atLeast: 1 }),
    figure(`${name}.unequal`, unequal, 'tables', 'Tables with another count after the restore.', {
      atMost: 0,
    }),
    figure(`${name}.backup`, backup.ms, 'ms', 'The command, from start to end, while devices send.'),
    figure(`${name}.restore`, restore.ms, 'ms', 'The command, from start to end, while devices send.', {
      atMost: RESTORE_MAX_MS,
    }),
  ];
  return { recoveryMs, others, goneFrom: { begin, end } };
}

/** What ingest has at the end, against what each device made and was told. */
async function counted(
  dataDir: string,
  devices: readonly PlayedDevice[],
  { begin, end }: Played['goneFrom'],
): Promise<Pick<DrillResult, 'generated' | 'lost' | 'twice'> & { gone: number }> {
  const store = await openStore({ dataDir });
  const stored = await storedRecords(store);
  await store.close();
  const identities = new Set(stored.map(({ epoch, seq }) => `${epoch}/${seq}`));
  let lost = 0;
  let gone = 0;
  for (const device of devices) {
    // Receipted between backup and restore, by the device whose receipts arrived.
    const mayBeGone = new Set(device.id === 'BOX-B' ? device.forgotten.slice(begin, end) : []);
    for (let seq = 1; seq <= device.made; seq++) {
      if (identities.has(`${device.epoch}/${seq}`)) continue;
      if (mayBeGone.has(seq)) gone += 1;
      else lost += 1;
    }
  }
  const generated = devices.reduce((sum, device) => sum + device.made, 0);
  return { generated, lost, gone, twice: stored.length - identities.size };
}

/** The table that the command printed, against the manifest. */
function compared(dir: string, out: string): { rows: number; unequal: number } {
  const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
  const tables = Object.entries(manifest.tables as Record<string, { rows: number }>);
  const after = new Map(
    [...out.matchAll(/^(\w+) +\d+ +\d+ +(\d+)$/gm)].map(([, name, rows]) => [name, Number(rows)]),
  );
  return {
    rows: tables.reduce((sum, [, { rows }]) => sum + rows, 0),
    unequal: tables.filter(([name, { rows }]) => after.get(name) !== rows).length,
  };
}

async function jostle(url: string, ...args: string[]): Promise<{ ms: number; out: string }> {
  const from = performance.now();
  const env = { PATH: process.env['PATH'], JOSTLE_URL: url };
  const { stdout } = await promisify(execFile)(process.execPath, [JOSTLE, ...args], { env });
  return { ms: performance.now() - from, out: stdout };
}

async function register(url: string, id: string): Promise<void> {
  await fetch(`${url}/api/v1/devices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, name: id }),
  });
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new TypeError('the devices got no receipts for what they hold');
    await delay(20);
  }
}
