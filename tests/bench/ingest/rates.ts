import type { InfluxServer } from '@jostle/ingest/testing';
import { median } from '../../figures/figure.ts';
import type { Load } from '../load/load.ts';
import { cpuSeconds, residentMb } from '../process-usage.ts';
import { type Contender, type ContenderName, DEVICES } from './contenders.ts';
import { whenQueryable } from './queryable.ts';

const REPETITIONS = 5;
/** Readings in a batch of Node-RED's: messages are sent in multiples that fill it, and that all devices share in. */
const BATCH_READINGS = 500;
/** Not counted: code is compiled, and each tells how many messages make a repetition of the length that is wanted. */
const WARM_UP_ROUNDS = 4;

/** Medians of what one contender did at full load. */
export interface FullLoad {
  messagesPerSecond: number;
  /** Of the consumer's process, µs a reading. */
  cpuUs: number;
  /** Of the same, MB. */
  rssMb: number;
  /** Of the PUBLISH packets, without TCP/IP. */
  wireBytesPerReading: number;
  messages: number;
}

interface Round {
  messagesPerSecond: number;
  cpuUs: number;
  rssMb: number;
  bytes: number;
  messages: number;
}

/**
 * Lets the contenders take messages as fast as they can, in turns. Counted is what a query finds in InfluxDB, and the
 * time runs until it finds all of it.
 *
 * @param seconds about the length of one repetition
 */
export async function fullLoads(
  contenders: readonly Contender[],
  influx: InfluxServer,
  readings: number,
  seconds: number,
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
        size = Math.max(1, Math.round((messagesPerSecond * seconds) / step)) * step;
      }
      sizes.set(one.name, size);
    }
    for (let i = 0; i < REPETITIONS; i++)
      for (const { one, load, rounds } of runs)
        rounds.push(await round(one, influx, load, readings, sizes.get(one.name) ?? step));
    for (const { one, rounds } of runs) found.set(one.name, medians(rounds, readings));
    return found;
  } finally {
    for (const { load } of runs) await load.stop();
  }
}

async function round(
  { consumer, database }: Contender,
  influx: InfluxServer,
  load: Load,
  readings: number,
  messages: number,
): Promise<Round> {
  const { bytes, fromReadingMs } = await load.prepare(messages);
  const cpuFrom = cpuSeconds(consumer.pid);
  const sending = load.send();
  const [toMs, { fromMs }] = await Promise.all([
    whenQueryable(influx, database, fromReadingMs, messages * readings),
    sending,
  ]);
  return {
    messagesPerSecond: (messages / (toMs - fromMs)) * 1000,
    cpuUs: ((cpuSeconds(consumer.pid) - cpuFrom) / (messages * readings)) * 1e6,
    rssMb: residentMb(consumer.pid),
    bytes,
    messages,
  };
}

function medians(rounds: readonly Round[], readings: number): FullLoad {
  const [first] = rounds;
  return {
    messagesPerSecond: median(rounds.map((one) => one.messagesPerSecond)),
    cpuUs: median(rounds.map((one) => one.cpuUs)),
    rssMb: Math.max(...rounds.map((one) => one.rssMb)),
    wireBytesPerReading: (first?.bytes ?? 0) / ((first?.messages ?? 1) * readings),
    messages: rounds.reduce((sum, one) => sum + one.messages, 0),
  };
}
