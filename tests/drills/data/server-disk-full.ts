import { join } from 'node:path';
import { figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { draftsFrom } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { type MainProcess, startMain } from '../support/main-process.ts';
import { registerDevices } from '../support/registration.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { ready } from '../support/site.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

/** The database of ingest, its log and what the log becomes must fit in before the disk is filled the last time. */
const SHORT = { times: 1, diskMb: 24 };
const LONG = { times: 20, diskMb: 256 };
const LIVE_MS = 25;
const PER_APPEND = 20;
/** Records that come in before the disk is filled, and that wait before there is room again. */
const BEFORE = 500;
const WAITING = 2_000;
const SETTLE_MS = 120_000;
/** A disk with room again is used again within this. */
const RECOVERY_MS = 10_000;

export const serverDiskFull: Drill = {
  name: 'server-disk-full',
  about: 'The disk of ingest is filled to its last byte while a device delivers, and emptied again.',
  parts: 'broker and ingest, processes of their own; a device without sensors in a third one',
  needs: ['mount'],
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const { times, diskMb } = isLong ? LONG : SHORT;
  const disk = mountSmallDisk(join(folder, 'disk'), diskMb);
  const random = seededRandom(seed);
  const broker = await startMain('broker', { MQTT_PORT: '0' });
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const dataDir = join(disk.path, 'ingest');
  // It says loudly that it cannot commit, which is what is wanted here.
  const env = { HTTP_PORT: '0', JOSTLE_DATA_DIR: dataDir, MQTT_URL: mqttUrl, LOG_LEVEL: 'fatal' };
  const ingest = await startMain('ingest', env);
  let live: NodeJS.Timeout | undefined;
  try {
    await ready(ingest.port);
    await registerDevices(`http://127.0.0.1:${ingest.port}`, ['FULL-1']);
    const device = new DrillDevice({ deviceId: 'FULL-1', folder, mqttUrl, random });
    device.connect();
    let n = 1;
    live = setInterval(() => {
      device.append(draftsFrom(n, PER_APPEND));
      n += PER_APPEND;
    }, LIVE_MS);
    const recoveries: number[] = [];
    for (let time = 0; time < times; time++) recoveries.push(await fillOnce(disk, ingest, device));
    progress(`${times} times full; back after ${recoveries.map(Math.round).join(', ')} ms`);
    clearInterval(live);
    await awaited('the last receipt', SETTLE_MS, () => device.backlog === 0);
    await device.close();
    const isUp = ingest.isUp;
    await ingest.stop();
    return {
      ...(await accountOf({ dataDir }, device.generated)),
      recoveryMs: Math.max(...recoveries),
      recoveryMaxMs: RECOVERY_MS,
      others: [
        figure(
          'server-disk-full.times',
          recoveries.length,
          'times',
          'The disk was full and ingest said that it cannot commit.',
          { atLeast: times },
        ),
        figure(
          'server-disk-full.ended',
          isUp ? 0 : 1,
          'processes',
          'Ingest, although it ought to wait for room.',
          { atMost: 0 },
        ),
      ],
    };
  } finally {
    clearInterval(live);
    await ingest.stop();
    await broker.stop();
    disk.unmount();
  }
}

/** @returns how long after there was room again everything was stored that had waited, ms */
async function fillOnce(disk: SmallDisk, ingest: MainProcess, device: DrillDevice): Promise<number> {
  const before = device.generated.length + BEFORE;
  await awaited(
    'some receipts',
    SETTLE_MS,
    () => device.generated.length > before && device.backlog < BEFORE,
  );
  await disk.fill();
  await awaited('a commit that fails', SETTLE_MS, async () => {
    // What a checkpoint gave back is taken as well.
    await disk.fill();
    return !ingest.isUp || (await isUnready(ingest.port));
  });
  await awaited('a backlog', SETTLE_MS, () => !ingest.isUp || device.backlog > WAITING);
  const waiting = device.maxSeq;
  disk.free();
  const freed = performance.now();
  await awaited('the receipts for what waited', SETTLE_MS, () => (device.covered[0]?.[1] ?? 0) >= waiting);
  return performance.now() - freed;
}

async function isUnready(port: number): Promise<boolean> {
  // One that has just ended does not answer, which is seen elsewhere.
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status === 503,
    () => false,
  );
}
