import { join } from 'node:path';
import type { InfluxServer } from '@jostle/ingest/testing';
import { median } from '../../figures/figure.ts';
import type { Load } from '../load/load.ts';
import { peakResidentMb, pidStartedWith } from '../process-usage.ts';
import { type Contender, type ContenderName, DEVICES } from './contenders.ts';
import { medianProfile, type Profile, startProfile } from './profile.ts';
import { whenQueryable } from './queryable.ts';

const REPETITIONS = 5;
/** Readings in a batch of Node-RED's: messages are sent in multiples that fill it, and that all devices share in. */
const BATCH_READINGS = 500;
/** Not counted: code is compiled, and each tells how many messages make a repetition of the length that is wanted. */
const WARM_UP_ROUNDS = 6;

/** Medians of what one contender did at full load. */
export interface FullLoad {
  messagesPerSecond: number;
  /** Of each repetition; those of all contenders with the same number ran one after the other. */
  rates: readonly number[];
  profile: Profile;
  /** The most that the consumer ever had, MB. */
  rssMb: number;
  /** Of the PUBLISH packets, without TCP/IP. */
  wireBytesPerReading: number;
  /** What the devices get for them: acknowledgements, and receipts where there are any. */
  wireBackBytesPerReading: number;
  /** By which the consumer's files grow. */
  diskBytesPerReading: number;
  messages: number;
}

interface Round {
  messagesPerSecond: number;
  profile: Profile;
  rssMb: number;
  bytes: number;
  bytesBack: number;
  diskBytes: number;
  messages: number;
}

/**
 * Lets the contenders take messages as fast as they can, in turns. Counted is what a query finds in InfluxDB, and the
 * time runs until it finds all of it.
 *
 * @param secondsOf about the length of one repetition
 */
export async function fullLoads(
  contenders: readonly Contender[],
  influx: InfluxServer,
  readings: number,
  secondsOf: (name: ContenderName) => number,
): Promise<Map<ContenderName, FullLoad>> {
  const runs = [];
  for (const one of contenders) runs.push({ one, load: await one.load(readings), rounds: [] as Round[] });
  const step = Math.max(DEVICES, BATCH_READINGS / readings);
  try {
    const found = new Map<ContenderName, FullLoad>();
    const sizes = new Map<ContenderName, number>();
    for (const { one, load } of runs) {
      let size = step;
      for (let i = 0; i < WARM_UP_ROUNDS; i++) {
        const { messagesPerSecond } = await round(one, influx, load, readings, size);
        size = Math.max(1, Math.round((messagesPerSecond * secondsOf(one.name)) / step)) * step;
      }
      sizes.set(one.name, size);
    }
    for (let i = 0; i < REPETITIONS; i++) {
      // Each is the first in its turn: what InfluxDB still has to do for one is the burden of the next.
      const from = i % runs.length;
      for (const { one, load, rounds } of [...runs.slice(from), ...runs.slice(0, from)])
        rounds.push(await round(one, influx, load, readings, sizes.get(one.name) ?? step));
    }
    for (const { one, rounds } of runs) found.set(one.name, medians(rounds, readings));
    return found;
  } finally {
    for (const { load } of runs) await load.stop();
  }
}

async function round(
  { broker, consumer, database, bytes: filesOf }: Contender,
  influx: InfluxServer,
  load: Load,
  readings: number,
  messages: number,
): Promise<Round> {
  const [backBefore, diskBefore] = [await load.received(), filesOf()];
  const { bytes, fromReadingMs } = await load.prepare(messages);
  const influxd = pidStartedWith(join(influx.folder, 'influxdb.conf'));
  const profile = startProfile({ load: load.pid, broker: broker.pid, consumer: consumer.pid, influxd });
  const sending = load.send();
  const [toMs, { fromMs }] = await Promise.all([
    whenQueryable(influx, database, fromReadingMs, messages * readings),
    sending,
  ]);
  return {
    messagesPerSecond: (messages / (toMs - fromMs)) * 1000,
    profile: profile(messages * readings, toMs - fromMs),
    rssMb: peakResidentMb(consumer.pid),
    bytes,
    bytesBack: (await load.received()) - backBefore,
    diskBytes: filesOf() - diskBefore,
    messages,
  };
}

function medians(rounds: readonly Round[], readings: number): FullLoad {
  const rates = rounds.map((one) => one.messagesPerSecond);
  const sum = (pick: (one: Round) => number) => rounds.reduce((all, one) => all + pick(one), 0);
  const messages = sum((one) => one.messages);
  const perReading = (pick: (one: Round) => number) => sum(pick) / (messages * readings);
  return {
    messagesPerSecond: median(rates),
    rates,
    profile: medianProfile(rounds.map((one) => one.profile)),
    rssMb: Math.max(...rounds.map((one) => one.rssMb)),
    wireBytesPerReading: perReading((one) => one.bytes),
    wireBackBytesPerReading: perReading((one) => one.bytesBack),
    diskBytesPerReading: perReading((one) => one.diskBytes),
    messages,
  };
}
