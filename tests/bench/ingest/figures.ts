import type { CatchUp } from '@jostle/ingest/testing';
import { type Figure, figure, quantile } from '../../figures/figure.ts';
import { type ContenderName, DEVICES } from './contenders.ts';
import { FLEET_MESSAGES_PER_SECOND, FLEET_READINGS } from './fleet-size.ts';
import type { InboxRates } from './inbox-rate.ts';
import type { FullLoad } from './rates.ts';
import { STEADY_PER_SECOND, type Steady } from './steady.ts';

const BARE_TARGET = 0.6;
const NODERED_EACH_TARGET = 6;
const NODERED_BATCHED_TARGET = 1.3;
const INBOX_TARGET = 100_000;
const INFLUX_TARGET = 80_000;
const GROWTH_TARGET_MB_PER_MINUTE = 1;
const FLEET_TARGET = 1.3;
/** Of an hour's outage at the full rate of so many devices. */
export const CATCH_UP_DEVICES = 50;
const CATCH_UP_TARGET = 10;

const WHO: Readonly<Record<ContenderName, string>> = {
  ours: 'Ingest: inbox in SQLite with synchronous=FULL, deduplication, receipts to the devices',
  bare: 'A bare script in one process: mqtt.js, JSON.parse, line protocol, POST; it keeps nothing',
  'nodered.each': 'Node-RED 4 with node-red-contrib-influxdb as it comes: one POST a message',
  'nodered.batched': 'Node-RED 4, a function node that gathers 500 points for the batch node',
};

type Loads = ReadonlyMap<ContenderName, FullLoad>;

export function fullLoadFigures(single: Loads, many: Loads): Figure[] {
  const setUp = `from ${DEVICES} connections through our broker (device limits set high) until a query of the same InfluxDB finds all; median of 5, in turns, load in a process of its own`;
  return [...single].flatMap(([name, one]) => {
    const hundred = many.get(name);
    const id = `ingest.${name}`;
    const rate = (load: FullLoad | undefined, readings: number) =>
      (load?.messagesPerSecond ?? Number.NaN) * readings;
    const cpu = 'Processor time of its process meanwhile';
    return [
      figure(`${id}.rate.1`, rate(one, 1), 'messages/s', `${WHO[name]}. Messages of one reading, ${setUp}.`),
      figure(`${id}.rate.100`, rate(hundred, 100), 'readings/s', 'The same with 100 readings a message.'),
      figure(`${id}.cpu.1`, one.cpuUs, 'µs/reading', `${cpu}, one reading a message.`),
      figure(`${id}.cpu.100`, hundred?.cpuUs ?? Number.NaN, 'µs/reading', `${cpu}, 100 readings a message.`),
      figure(
        `${id}.rss`,
        Math.max(one.rssMb, hundred?.rssMb ?? 0),
        'MB',
        'Largest resident memory of its process.',
      ),
      figure(
        `${id}.wire.1`,
        one.wireBytesPerReading,
        'B/reading',
        'PUBLISH packets without TCP/IP, one reading a message.',
      ),
      figure(
        `${id}.wire.100`,
        hundred?.wireBytesPerReading ?? Number.NaN,
        'B/reading',
        'The same, 100 readings a message.',
      ),
    ];
  });
}

/** @param isWhole of a whole run no contender may be left out: what was not measured is missed */
export function shareFigures(single: Loads, isWhole: boolean): Figure[] {
  const rate = (name: ContenderName) => single.get(name)?.messagesPerSecond;
  const share = (name: ContenderName, target: number): Figure[] => {
    const other = rate(name);
    if (other === undefined && !isWhole) return [];
    const how = `Messages of one reading that ingest takes for each that ${name} takes.`;
    return [
      figure(`ingest.to.${name}`, (rate('ours') ?? Number.NaN) / (other ?? Number.NaN), '×', how, {
        atLeast: target,
      }),
    ];
  };
  return [
    ...share('bare', BARE_TARGET),
    ...share('nodered.each', NODERED_EACH_TARGET),
    ...share('nodered.batched', NODERED_BATCHED_TARGET),
  ];
}

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
      'The backlog of these into InfluxDB when it is back, and none come in.',
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

export function catchUpFigures({ factor, readings }: CatchUp): Figure[] {
  const how = `The time that ${readings.toLocaleString('en')} readings of ${CATCH_UP_DEVICES} devices stand for, by the time until InfluxDB has them.`;
  return [figure('ingest.catch-up', factor, '× real time', how, { atLeast: CATCH_UP_TARGET })];
}

export function fleetFigures(costs: ReadonlyMap<number, number>): Figure[] {
  const at = `${FLEET_MESSAGES_PER_SECOND} messages a second of ${FLEET_READINGS} readings in total`;
  const all = [...costs.values()];
  return [
    ...[...costs].map(([devices, cost]) =>
      figure(
        `ingest.fleet.${devices}.cpu`,
        cost,
        'µs/reading',
        `Processor time of ingest where ${devices.toLocaleString('en')} devices, each on a connection of its own, send ${at}.`,
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
