import { deviceTopic, MAX_PAYLOAD_BYTES } from '@jostle/contracts';
import { openStore } from '@jostle/ingest/testing';
import mqtt from 'mqtt';
import { figure, quantile } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { draftsFrom, reading } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite, type Site } from '../support/site.ts';

const POISON = 10_000;
/** Each within its share of the quarantine, and within the pace of the broker. */
const BAD_DEVICES = 20;
/** Messages of one bad device that may be on their way: it waits for its PUBACKs as a client does. */
const AT_ONCE = 20;
const GOOD_DEVICES = 4;
const PER_APPEND = 500;
const LIVE_MS = 50;
/**
 * What 99 in 100 good records may take that are stored while the poison is sent. Most of that time of the short form is
 * its beginning, in which four backlogs arrive at once, too, in one process: 2 s there without other load, and more on a
 * machine that has some.
 */
const SHORT = { records: 100_000, lagMs: 5_000 };
const LONG = { records: 1_000_000, lagMs: 2_000 };
const SETTLE_MS = 600_000;

export const poison: Drill = {
  name: 'poison',
  about: 'Malformed, oversized, unknown and wrong messages of bad devices while good ones go on.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const { records, lagMs: lagMaxMs } = isLong ? LONG : SHORT;
  const site = await openSite({ folder });
  const badIds = Array.from({ length: BAD_DEVICES }, (_, i) => `BAD-${i + 1}`);
  const goodIds = ['LIVE-1', ...Array.from({ length: GOOD_DEVICES }, (_, i) => `GOOD-${i + 1}`)];
  await site.register([...badIds, ...goodIds]);
  const open = (deviceId: string) =>
    new DrillDevice({
      deviceId,
      folder,
      mqttUrl: site.mqttUrl,
      random: random.fork(),
      maxRecords: 2_000_000,
    });
  const [live, ...good] = goodIds.map(open);
  if (live === undefined) throw new RangeError('there is no live device');
  for (const device of good)
    for (let n = 0; n < records / GOOD_DEVICES; n += PER_APPEND) device.append(draftsFrom(n + 1, PER_APPEND));
  live.connect();
  await awaited('the connection of the live device', SETTLE_MS, () => live.isUp);
  let n = 0;
  const timer = setInterval(() => live.append([reading(++n)]), LIVE_MS);
  for (const device of good) device.connect();
  const begin = performance.now();
  const sent = await Promise.all(badIds.map((id) => poisonFrom(id, site.mqttUrl, random.fork())));
  progress(`${POISON} bad messages were sent`);
  const end = performance.now();
  await awaited('the last receipt', SETTLE_MS, () => good.every((device) => device.backlog === 0));
  clearInterval(timer);
  await awaited('the last live receipt', SETTLE_MS, () => live.backlog === 0);
  const recoveryMs = performance.now() - end;
  const lagMs = quantile(live.lagsMs(begin, end), 0.99);
  const devices = [live, ...good];
  await Promise.all(devices.map((device) => device.close()));
  const refused = await site.brokerMetric('jostle_broker_refusals_total');
  const overflow = await site.ingestMetric('jostle_ingest_quarantine_overflow_total');
  await site.stop();
  const kept = await quarantined(site);
  const oversized = sent.reduce((sum, count) => sum + count, 0);
  return {
    ...(await accountOf(
      site,
      devices.flatMap(({ generated }) => generated),
    )),
    recoveryMs,
    others: figures({ kept, refused, overflow, oversized, lagMs, lagMaxMs }),
  };
}

interface Found {
  /** Rows of the quarantine that have a code and a reason. */
  kept: number;
  refused: number;
  overflow: number;
  /** Bad messages that are too large for the broker. */
  oversized: number;
  lagMs: number;
  lagMaxMs: number;
}

function figures({ kept, refused, overflow, oversized, lagMs, lagMaxMs }: Found) {
  const share = (kept + overflow + Math.min(refused, oversized)) / POISON;
  return [
    figure(
      'poison.accounted',
      share * 100,
      '%',
      'Of the bad messages: in the quarantine with a code and a reason, or counted as too large by the broker.',
      {
        atLeast: 100,
      },
    ),
    figure(
      'poison.quarantined',
      kept,
      'messages',
      'In the quarantine, which keeps 10,000 of a device and 100,000 in all.',
    ),
    figure('poison.too-large', refused, 'messages', 'Refused by the broker, which reads none over 32 kB.', {
      atMost: oversized,
    }),
    figure('poison.overflow', overflow, 'messages', 'Only counted, because the quarantine was full.', {
      atMost: 0,
    }),
    figure(
      'poison.lag-p99',
      lagMs,
      'ms',
      'From storing to receipt of what a good device with a reading every 50 ms stored while the poison was sent.',
      { atMost: lagMaxMs },
    ),
  ];
}

async function quarantined({ dataDir }: Site): Promise<number> {
  const store = await openStore({ dataDir });
  const rows = await store.db.selectFrom('quarantine').select(['device_id', 'code', 'reason']).execute();
  await store.close();
  return rows.filter(
    ({ device_id, code, reason }) => device_id.startsWith('BAD-') && code !== '' && reason !== '',
  ).length;
}

/** Sends one device's part of the poison, each message once. @returns how many of them were too large */
async function poisonFrom(deviceId: string, mqttUrl: string, random: SeededRandom): Promise<number> {
  const client = await mqtt.connectAsync(mqttUrl, {
    clientId: deviceId,
    username: deviceId,
    protocolVersion: 4,
  });
  const topic = deviceTopic(deviceId, 'up');
  let oversized = 0;
  let left = POISON / BAD_DEVICES;
  const lane = async () => {
    while (left > 0) {
      const payload = poisonous(--left, random);
      if (payload.length > MAX_PAYLOAD_BYTES) oversized += 1;
      await client.publishAsync(topic, payload, { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await client.endAsync();
  return oversized;
}

/** A message that nobody can take; `number` makes it one of its own. */
function poisonous(number: number, random: SeededRandom): string {
  const epoch = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';
  const seq = number + 1;
  const message = {
    ...{ v: 1, epoch, bootId: epoch, clock: 'ntp', seq, outbox: { minSeq: 0, maxSeq: seq } },
    ...{ at: [seq], mono: [seq], climate: [] },
    other: [{ i: 0, kind: 'fault', body: { sensor: 's', isRaised: true, reason: 'stale', detail: '' } }],
  };
  const body = { sensor: 's', isRaised: 'perhaps', reason: 'stale', detail: '' };
  const ways: readonly (() => unknown)[] = [
    () => ({ ...message, v: 2 }),
    () => ({ ...message, at: ['today'] }),
    () => ({ ...message, mono: [seq, seq] }),
    () => ({ ...message, other: [{ i: 7, kind: 'fault', body }] }),
    () => ({ ...message, other: [{ i: 0, kind: 'rumour', body }] }),
    () => ({ ...message, other: [{ i: 0, kind: 'fault', body }] }),
    () => ({ ...message, unheardOf: true }),
    () => seq,
  ];
  const way = random.below(ways.length + 2);
  if (way === ways.length) return `${JSON.stringify(message).slice(0, -2)}${number}`;
  if (way > ways.length)
    return JSON.stringify({ ...message, more: 'x'.repeat(MAX_PAYLOAD_BYTES + random.below(20_000)) });
  return JSON.stringify(ways[way]?.());
}
