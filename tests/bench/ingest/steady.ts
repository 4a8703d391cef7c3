import type { InfluxServer } from '@jostle/ingest/testing';
import { quantile } from '../../figures/figure.ts';
import { residentMb } from '../process-usage.ts';
import { delay } from '../waiting.ts';
import type { Contender } from './contenders.ts';
import { readingsFrom, whenQueryable } from './queryable.ts';

/** Messages of one reading a second, of all devices together. */
export const STEADY_PER_SECOND = 500;
/** How long it is asked what a query finds: asking is load, too. */
const WATCHED_S = 30;
/** Only the latest readings are counted by a query; older ones were found by those before. */
const WINDOW_MS = 5_000;
const ASK_EVERY_MS = 20;
/** Of a run: compilation and caches that fill belong to the start. */
const SETTLING_SHARE = 1 / 3;
const MEMORY_SAMPLES = 300;

export interface Steady {
  /** From a reading's measurement until a query finds it, ms. */
  delaysMs: number[];
  /** By how much the consumer's memory grows, MB a minute. */
  growthMbPerMinute: number;
}

interface Sight {
  atMs: number;
  fromMs: number;
  /** Readings measured since then that a query finds. */
  count: number;
}

/** Readings come at a fixed rate for so long. */
export async function steadyRun(one: Contender, influx: InfluxServer, seconds: number): Promise<Steady> {
  const load = await one.load(1);
  try {
    const messages = Math.round(seconds * STEADY_PER_SECOND);
    await load.prepare(messages, STEADY_PER_SECOND);
    const startMs = Date.now();
    const sending = load.send();
    const sizing = sizes(one.consumer.pid, seconds);
    const sights = await watch(influx, one.database, Math.min(seconds, WATCHED_S));
    const { sentAt } = await sending;
    await whenQueryable(influx, one.database, startMs, messages);
    sights.push({ atMs: Date.now(), fromMs: startMs, count: messages });
    return { delaysMs: delaysOf(sentAt, sights), growthMbPerMinute: growth(await sizing) };
  } finally {
    await load.stop();
  }
}

async function watch(influx: InfluxServer, database: string, seconds: number): Promise<Sight[]> {
  const sights: Sight[] = [];
  const endMs = Date.now() + seconds * 1000;
  while (Date.now() < endMs) {
    const fromMs = Date.now() - WINDOW_MS;
    const count = await readingsFrom(influx, database, fromMs);
    sights.push({ atMs: Date.now(), fromMs, count });
    await delay(ASK_EVERY_MS);
  }
  return sights;
}

/**
 * The readings become visible about in the order of their measurement: so the k-th is there when k are. What was sent
 * after the last look is left out.
 */
function delaysOf(sentAt: readonly number[], sights: readonly Sight[]): number[] {
  const delays: number[] = [];
  let seen = 0;
  const watchedUntil = sights.at(-2)?.fromMs ?? 0;
  for (const { atMs, fromMs, count } of sights) {
    const before = sentAt.findIndex((sentMs) => Math.floor(sentMs) >= fromMs);
    const visible = (before < 0 ? sentAt.length : before) + count;
    for (; seen < visible && seen < sentAt.length; seen++) {
      const sentMs = sentAt[seen] ?? 0;
      if (sentMs <= watchedUntil + WINDOW_MS) delays.push(atMs - sentMs);
    }
  }
  return delays;
}

async function sizes(pid: number, seconds: number): Promise<{ minute: number; mb: number }[]> {
  const found: { minute: number; mb: number }[] = [];
  const from = performance.now();
  while (performance.now() - from < seconds * 1000) {
    found.push({ minute: (performance.now() - from) / 60_000, mb: residentMb(pid) });
    await delay(Math.max(ASK_EVERY_MS, (seconds * 1000) / MEMORY_SAMPLES));
  }
  return found.slice(Math.floor(found.length * SETTLING_SHARE));
}

/** The slope between the lower halves of the two ends: a collector lets memory rise and fall. */
function growth(samples: readonly { minute: number; mb: number }[]): number {
  const half = samples.length >> 1;
  const [early, late] = [samples.slice(0, half), samples.slice(half)];
  const low = (part: typeof early) =>
    quantile(
      part.map(({ mb }) => mb),
      0.25,
    );
  const minutes = (samples.at(-1)?.minute ?? 0) - (samples[0]?.minute ?? 0);
  return (low(late) - low(early)) / (minutes / 2);
}
