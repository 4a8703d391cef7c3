import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { type Account, accountOf } from '../support/account.ts';
import { NO_PACE } from '../support/pace.ts';
import { openSite } from '../support/site.ts';
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
  parts: 'broker and ingest in one process; the commands in their own; the devices are played',
  run: runDrill,
};

async function runDrill({ isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const site = await openSite({ folder, brokerEnv: NO_PACE });
  const url = `http://127.0.0.1:${site.httpPort}`;
  const devices: PlayedDevice[] = [];
  try {
    await site.register(['BOX-A', 'BOX-B']);
    const keeping = await PlayedDevice.connect(site.mqttUrl, 'BOX-A', randomUUID());
    devices.push(keeping);
    const forgetting = await PlayedDevice.connect(site.mqttUrl, 'BOX-B', randomUUID());
    devices.push(forgetting);
    const played = await play({ keeping, forgetting, url, folder, isLong, progress });
    await site.stop();
    const { gone, ...counts } = await counted(site.dataDir, [keeping, forgetting], played.goneFrom);
    const how = 'Receipted between backup and restore by a device that then forgot them; the help says so.';
    const others = [...played.others, figure('backup-restore.gone', gone, 'records', how)];
    return { ...counts, others, recoveryMs: played.recoveryMs };
  } finally {
    for (const device of devices) await device.leave();
    await site.stop();
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
  await awaited('the receipts for what the devices hold', WAIT_LIMIT_MS, () =>
    devices.every((device) => device.held === 0),
  );

  progress('backup under load');
  keeping.heedsReceipts = false;
  const begin = forgetting.forgotten.length;
  more();
  const dir = join(folder, 'backup');
  const backup = await jostle(url, 'backup', dir);
  more();
  await awaited('the receipts for what the devices hold', WAIT_LIMIT_MS, () => forgetting.held === 0);

  progress('restore under load');
  more();
  const restore = await jostle(url, 'restore', dir, '--replace');
  const end = forgetting.forgotten.length;
  const restoredAt = performance.now();
  keeping.heedsReceipts = true;
  more();
  await awaited('the receipts for what the devices hold', WAIT_LIMIT_MS, () =>
    devices.every((device) => device.held === 0),
  );
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
  [keeping, forgetting]: readonly [PlayedDevice, PlayedDevice],
  { begin, end }: Played['goneFrom'],
): Promise<Account & { gone: number }> {
  // Receipted between backup and restore, by the device whose receipts arrived.
  const mayBeGone = new Set(forgetting.forgotten.slice(begin, end));
  const kept = await accountOf({ dataDir }, keeping.generated(new Set()));
  const all = await accountOf({ dataDir }, [
    ...keeping.generated(new Set()),
    ...forgetting.generated(new Set()),
  ]);
  const rest = await accountOf({ dataDir }, [
    ...keeping.generated(new Set()),
    ...forgetting.generated(mayBeGone),
  ]);
  // What is gone with the second device is told of, as it ought to be.
  const { alerts } = kept;
  return { ...all, alerts, lost: rest.lost, gone: all.lost - rest.lost };
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
