import type { CatchUp } from '@jostle/ingest/testing';
import { type Figure, figure, median, quantile } from '../../figures/figure.ts';
import type { ContenderName } from './contenders.ts';
import { FLEET_MESSAGES_PER_SECOND, FLEET_READINGS } from './fleet-size.ts';
import type { InboxRates } from './inbox-rate.ts';
import { STEADY_PER_SECOND, type Steady } from './steady.ts';

const INBOX_TARGET = 100_000;
const INFLUX_TARGET = 80_000;
const GROWTH_TARGET_MB_PER_MINUTE = 1;
const FLEET_TARGET = 1.3;
/** Of an hour's outage at the full rate of so many devices. */
export const CATCH_UP_DEVICES = 50;
const CATCH_UP_TARGET = 10;

export function delayFigures(steady: ReadonlyMap<ContenderName, Steady>, seconds: number): Figure[] {
  const how = `From a reading's measurement until a query finds it, at ${STEADY_PER_SECOND} messages of one reading a second`;
  const delays = [...steady].flatMap(([name, { delaysMs }]) => [
    figure(`ingest.${name}.delay.p50`, quantile(delaysMs, 0.5), 'ms', `${how}, the middle.`),
    figure(`ingest.${name}.delay.p99`, quantile(delaysMs, 0.99), 'ms', 'The same, of 99 in 100.'),
  ]);
  const growth = steady.get('ours')?.growthMbPerMinute ?? Number.NaN;
  return [
    ...delays,
    figure(
      'ingest.rss.growth',
      growth,
      'MB/min',
      `By how much its memory grows at that rate, between the second and the last third of ${seconds} s.`,
      { atMost: GROWTH_TARGET_MB_PER_MINUTE },
    ),
  ];
}

export function inboxFigures(rates: InboxRates, influxBytes: number): Figure[] {
  return [
    figure(
      'ingest.inbox.rate',
      rates.inboxPerSecond,
      'readings/s',
      'Committed in messages of 100 while InfluxDB is away; median of 5.',
      { atLeast: INBOX_TARGET },
    ),
    figure('ingest.inbox.cpu', rates.inboxCpuUs, 'µs/reading', 'Processor time of ingest meanwhile.'),
    figure('ingest.inbox.disk', rates.inboxBytes, 'B/reading', 'Files of the store after that.'),
    figure(
      'ingest.influx.rate',
      rates.influxPerSecond,
      'readings/s',
      'The backlog of these into InfluxDB when it is back, and none come in; median of its fifths.',
      { atLeast: INFLUX_TARGET },
    ),
    figure('ingest.influx.cpu', rates.influxCpuUs, 'µs/reading', 'Processor time of ingest meanwhile.'),
    figure(
      'ingest.influx.disk',
      influxBytes,
      'B/reading',
      'On the disk of InfluxDB after that, its write-ahead log included.',
    ),
  ];
}

/** @param runs at least one, all of the same outage */
export function catchUpFigures(runs: readonly CatchUp[]): Figure[] {
  const readings = runs[0]?.readings.toLocaleString('en');
  const how = `The time that ${readings} readings of ${CATCH_UP_DEVICES} devices stand for, by the time until InfluxDB has them; median of ${runs.length}.`;
  const factor = median(runs.map((run) => run.factor));
  return [figure('ingest.catch-up', factor, '× real time', how, { atLeast: CATCH_UP_TARGET })];
}

/** @param costs medians of so many repetitions */
export function fleetFigures(costs: ReadonlyMap<number, number>, repetitions: number): Figure[] {
  const at = `${FLEET_MESSAGES_PER_SECOND} messages a second of ${FLEET_READINGS} readings in total`;
  const all = [...costs.values()];
  return [
    ...[...costs].map(([devices, cost]) =>
      figure(
        `ingest.fleet.${devices}.cpu`,
        cost,
        'µs/reading',
        `Processor time of ingest where ${devices.toLocaleString('en')} devices, each on a connection of its own, send ${at}; median of ${repetitions}.`,
      ),
    ),
    figure(
      'ingest.fleet.ratio',
      Math.max(...all) / Math.min(...all),
      '×',
      'The dearest of these to the cheapest.',
      {
        atMost: FLEET_TARGET,
      },
    ),
  ];
}
