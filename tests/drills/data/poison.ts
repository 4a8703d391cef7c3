import { randomUUID } from 'node:crypto';
import { deviceTopic } from '@jostle/contracts';
import { openStore } from '@jostle/ingest/testing';
import mqtt from 'mqtt';
import { figure, quantile } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { reading } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { dataDirOf, openSite, type Site } from '../support/site.ts';
import { PlayedDevice } from './played-device.ts';
import { POISON_EPOCH, PoisonSource } from './poison-source.ts';
import { makeStrictStore } from './strict-store.ts';

const POISON = 10_000;
/** Half of it comes at once from devices that send nothing else, half to the end from good ones between their messages. */
const BAD_DEVICES = 20;
const GOOD_DEVICES = 50;
const POISON_OF_BAD = POISON / 2 / BAD_DEVICES;
const POISON_OF_GOOD = POISON / 2 / GOOD_DEVICES;
/** Messages of one bad device that may be on their way: it waits for its PUBACKs as a client does. */
const AT_ONCE = 20;
/** One record a message, so that a batch is a long line of them; sent again no sooner than an agent does it. */
const SINGLY = { recordsPerMessage: 1, resendMs: 3_000 };
const LIVE_MS = 50;
/**
 * How many messages the good devices send, and what 99 in 100 records of the live one may take meanwhile. Of the short
 * form the slowest are those of its beginning, when half of the poison arrives at once.
 */
const SHORT = { messages: 100_000, lagMs: 5_000 };
const LONG = { messages: 1_000_000, lagMs: 2_000 };
const SETTLE_MS = 600_000;
const SOON_MS = 20;

export const poison: Drill = {
  name: 'poison',
  about:
    'Malformed, oversized, unknown, wrong and unstorable messages of bad devices and among those of good ones.',
  parts: 'broker, ingest, a device without sensors and played ones, in one process',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const { messages, lagMs: lagMaxMs } = isLong ? LONG : SHORT;
  await makeStrictStore(dataDirOf(folder));
  const site = await openSite({ folder });
  const { mqttUrl } = site;
  const badIds = Array.from({ length: BAD_DEVICES }, (_, i) => `BAD-${i + 1}`);
  const goodIds = Array.from({ length: GOOD_DEVICES }, (_, i) => `GOOD-${i + 1}`);
  await site.register([...badIds, ...goodIds, 'LIVE-1']);
  const live = new DrillDevice({ deviceId: 'LIVE-1', folder, mqttUrl, random: random.fork() });
  live.connect();
  const good = await Promise.all(
    goodIds.map((id) => PlayedDevice.connect(mqttUrl, id, randomUUID(), SINGLY)),
  );
  await awaited('the connection of the live device', SETTLE_MS, () => live.isUp);
  let n = 0;
  const timer = setInterval(() => live.append([reading(++n)]), LIVE_MS);
  const begin = performance.now();
  const perPoison = messages / GOOD_DEVICES / POISON_OF_GOOD;
  const sources = await Promise.all([
    ...badIds.map((id) => sendPoison(id, mqttUrl, new PoisonSource(random.fork()))),
    ...good.map((device) => deliver(device, perPoison, new PoisonSource(random.fork()))),
  ]);
  const end = performance.now();
  clearInterval(timer);
  progress(`${POISON} bad messages were sent, and all of the good ones have their receipts`);
  await awaited('the last live receipt', SETTLE_MS, () => live.backlog === 0);
  const recoveryMs = performance.now() - end;
  const lagMs = quantile(live.lagsMs(begin, end), 0.99);
  await Promise.all([live.close(), ...good.map((device) => device.leave())]);
  const refused = await site.brokerMetric('jostle_broker_refusals_total');
  const overflow = await site.ingestMetric('jostle_ingest_quarantine_overflow_total');
  const absorbed = await site.ingestMetric('jostle_ingest_records_duplicate_total');
  await site.stop();
  const generated = [...live.generated, ...good.flatMap((device) => device.generated(new Set()))];
  return {
    ...(await accountOf(site, generated)),
    absorbed,
    recoveryMs,
    others: figures({
      ...(await quarantined(site)),
      goodMessages: good.reduce((sum, device) => sum + device.messages, 0),
      goodMessagesMin: messages,
      oversized: sources.reduce((sum, source) => sum + source.oversized, 0),
      unstorable: sources.reduce((sum, source) => sum + source.unstorable, 0),
      ...{ refused, overflow, lagMs, lagMaxMs },
    }),
  };
}

/** One device's part of the poison. */
async function sendPoison(deviceId: string, mqttUrl: string, source: PoisonSource): Promise<PoisonSource> {
  const client = await mqtt.connectAsync(mqttUrl, {
    clientId: deviceId,
    username: deviceId,
    protocolVersion: 4,
  });
  const topic = deviceTopic(deviceId, 'up');
  let left = POISON_OF_BAD;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await client.publishAsync(topic, source.next(), { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await client.endAsync();
  return source;
}

/** Delivers what a good device makes, with its part of the poison in between. */
async function deliver(device: PlayedDevice, perPoison: number, source: PoisonSource): Promise<PoisonSource> {
  for (let n = 0; n < POISON_OF_GOOD; n++) {
    // The receipts for what comes after it say that ingest has it, too.
    await device.slipIn(source.next());
    device.make(perPoison);
    await awaited(`receipts of ${device.id}`, SETTLE_MS, () => device.held === 0, SOON_MS);
  }
  return source;
}

/** Rows of the quarantine that are of the poison, and have a code and a reason. */
interface Quarantined {
  kept: number;
  /** Those that came under the names of good devices. */
  amongGood: number;
  /** Those that the store itself refused. */
  isolated: number;
}

async function quarantined({ dataDir }: Site): Promise<Quarantined> {
  const store = await openStore({ dataDir });
  const rows = await store.db
    .selectFrom('quarantine')
    .select(['device_id', 'epoch', 'code', 'reason'])
    .execute();
  await store.close();
  const kept = rows.filter(
    ({ epoch, code, reason }) => (epoch ?? POISON_EPOCH) === POISON_EPOCH && code !== '' && reason !== '',
  );
  return {
    kept: kept.length,
    amongGood: kept.filter(({ device_id }) => device_id.startsWith('GOOD-')).length,
    isolated: kept.filter(({ reason }) => reason.startsWith('the store cannot take it')).length,
  };
}

interface Found extends Quarantined {
  goodMessages: number;
  goodMessagesMin: number;
  refused: number;
  overflow: number;
  /** Bad messages that are too large for the broker. */
  oversized: number;
  /** Bad messages that only the store refuses. */
  unstorable: number;
  lagMs: number;
  lagMaxMs: number;
}

function figures(found: Found) {
  const { goodMessages, goodMessagesMin, kept, amongGood, isolated, unstorable } = found;
  const { refused, overflow, oversized, lagMs, lagMaxMs } = found;
  const share = (kept + overflow + Math.min(refused, oversized)) / POISON;
  return [
    figure(
      'poison.good-messages',
      goodMessages,
      'messages',
      'Of good devices, one record in each; what is sent again is not counted again.',
      { atLeast: goodMessagesMin },
    ),
    figure(
      'poison.accounted',
      share * 100,
      '%',
      'Of the bad messages: in the quarantine with a code and a reason, or counted as too large by the broker.',
      { atLeast: 100 },
    ),
    figure(
      'poison.quarantined',
      kept,
      'messages',
      'In the quarantine, which keeps 10,000 of a device and 100,000 in all.',
    ),
    figure('poison.among-good', amongGood, 'messages', 'Of these, sent by good devices between their own.', {
      atLeast: 1,
    }),
    figure(
      'poison.isolated',
      isolated,
      'messages',
      'In the quarantine because the store refused them: their batches were halved down to them.',
      { atLeast: unstorable },
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
      'From storing to receipt of what another good device stored meanwhile, a reading every 50 ms.',
      { atMost: lagMaxMs },
    ),
  ];
}
