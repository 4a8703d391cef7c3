import { figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { draftsFrom, reading, START_MS, shock } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { openSite, type Site } from '../support/site.ts';

const OFFLINE_S = 72 * 3600;
/** As the agent does it: routine readings once a minute. */
const PER_APPEND = 60;
const LIVE_MS = 1000;
const SETTLE_MS = 300_000;

export const offline72h: Drill = {
  name: 'offline-72h',
  about:
    'A device that was offline for 72 h at a reading a second comes back, with the default limits of the broker.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run,
};

async function run({ seed, folder, progress }: DrillOptions): Promise<DrillResult> {
  const site = await openSite({ folder });
  const deviceId = 'OFFLINE-1';
  await site.register([deviceId]);
  const device = new DrillDevice({ deviceId, folder, mqttUrl: site.mqttUrl, random: seededRandom(seed) });
  for (let n = 0; n < OFFLINE_S; n += PER_APPEND) device.append(draftsFrom(n + 1, PER_APPEND));
  const backlog = device.maxSeq;
  progress(`${backlog} records wait in the outbox`);

  const start = performance.now();
  device.connect();
  let n = OFFLINE_S;
  // What is measured from now on, one a second as before, and a shock.
  const live = setInterval(() => {
    n += 1;
    device.append([reading(n, START_MS + n * 1000)]);
  }, LIVE_MS);
  device.append([shock(OFFLINE_S * 2), reading(OFFLINE_S * 2 + 1)]);
  await awaited('the first live receipt', SETTLE_MS, () => device.lagsMs().length > 0);
  const firstLiveMs = performance.now() - start;
  await awaited(
    'the last receipt',
    SETTLE_MS,
    () => device.covered[0]?.[1] !== undefined && device.covered[0][1] >= backlog,
  );
  const drainSeconds = (performance.now() - start) / 1000;
  clearInterval(live);
  await awaited('the live records', SETTLE_MS, () => device.backlog === 0);
  const worstLagMs = Math.max(...device.lagsMs());
  await device.close();
  const others = [...(await costs(site)), ...drainFigures(backlog, drainSeconds, firstLiveMs, worstLagMs)];
  await site.stop();
  return { ...(await accountOf(site, device.generated)), recoveryMs: drainSeconds * 1000, others };
}

function drainFigures(backlog: number, drainSeconds: number, firstLiveMs: number, worstLagMs: number) {
  return [
    figure(
      'offline-72h.drain',
      drainSeconds,
      's',
      'From the first attempt to connect until the whole backlog had its receipts.',
      {
        atMost: 300,
      },
    ),
    figure(
      'offline-72h.factor',
      backlog / drainSeconds,
      '×',
      'How much faster the backlog left than it had come.',
      {
        atLeast: 100,
      },
    ),
    figure(
      'offline-72h.live-first',
      firstLiveMs,
      'ms',
      'From the first attempt to connect until a shock and a reading of that moment had their receipts.',
      { atMost: 5_000 },
    ),
    figure(
      'offline-72h.live-lag',
      worstLagMs,
      'ms',
      'The longest that a live record waited for its receipt while the backlog drained.',
    ),
  ];
}

/** What the pace of the broker costs: it reads a device no faster than its limits. */
async function costs(site: Site) {
  const slowed = await site.brokerMetric('jostle_broker_slowed_seconds_total');
  return [
    figure(
      'offline-72h.slowed',
      slowed,
      's',
      'For so long the broker held the device back, by its default limits.',
    ),
  ];
}
