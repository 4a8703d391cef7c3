import { availableParallelism } from 'node:os';
import { median } from '../../figures/figure.ts';
import { cpuSeconds, threadSeconds } from '../process-usage.ts';

/** The processes on the way of a reading. */
export const PARTS = ['load', 'broker', 'consumer', 'influxd'] as const;
export type Part = (typeof PARTS)[number];

/** Where the processor time went while readings went through. */
export interface Profile {
  /** µs a reading. */
  cpuUs: Record<Part, number>;
  /** All parts together, % of all cores. */
  busyPct: number;
  /** Of the consumer, % of one core. */
  mainThreadPct: number;
  /** The busiest of its other threads, likewise. */
  secondThreadPct: number;
}

/** Looks at the clocks of all parts. @returns what has passed since, for so many readings in so long */
export function startProfile(pids: Readonly<Record<Part, number>>) {
  const from = clocks(pids);
  return (readings: number, elapsedMs: number): Profile => {
    const to = clocks(pids);
    const spent = (part: Part) => to.parts[part] - from.parts[part];
    const perCore = (seconds: number) => (seconds / elapsedMs) * 1e5;
    const threads = [...to.threads].map(([id, s]) => ({ id, s: s - (from.threads.get(id) ?? 0) }));
    const others = threads.filter(({ id }) => id !== pids.consumer);
    return {
      cpuUs: byPart((part) => (spent(part) / readings) * 1e6),
      busyPct: perCore(PARTS.reduce((sum, part) => sum + spent(part), 0)) / availableParallelism(),
      mainThreadPct: perCore(threads.find(({ id }) => id === pids.consumer)?.s ?? Number.NaN),
      secondThreadPct: perCore(Math.max(...others.map(({ s }) => s))),
    };
  };
}

export function medianProfile(all: readonly Profile[]): Profile {
  const middle = (pick: (one: Profile) => number) => median(all.map(pick));
  return {
    cpuUs: byPart((part) => middle(({ cpuUs }) => cpuUs[part])),
    busyPct: middle(({ busyPct }) => busyPct),
    mainThreadPct: middle(({ mainThreadPct }) => mainThreadPct),
    secondThreadPct: middle(({ secondThreadPct }) => secondThreadPct),
  };
}

function clocks(pids: Readonly<Record<Part, number>>) {
  return { parts: byPart((part) => cpuSeconds(pids[part])), threads: threadSeconds(pids.consumer) };
}

function byPart(pick: (part: Part) => number): Record<Part, number> {
  return {
    load: pick('load'),
    broker: pick('broker'),
    consumer: pick('consumer'),
    influxd: pick('influxd'),
  };
}
