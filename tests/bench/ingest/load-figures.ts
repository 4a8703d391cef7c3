import { availableParallelism } from 'node:os';
import { type Figure, figure, median } from '../../figures/figure.ts';
import { type ContenderName, DEVICES } from './contenders.ts';
import { NODE_FLAGS } from './node-flags.ts';
import type { Part } from './profile.ts';
import type { FullLoad } from './rates.ts';

const BARE_TARGET = 0.6;
const NODERED_EACH_TARGET = 6;
const NODERED_BATCHED_TARGET = 1.3;
const OTHERS = ['bare', 'nodered.each', 'nodered.batched'] as const;

const WHO: Readonly<Record<ContenderName, string>> = {
  ours: 'Ingest: inbox in SQLite with synchronous=FULL, deduplication, receipts to the devices',
  bare: 'A bare script in one process: mqtt.js, JSON.parse, line protocol, POST; it keeps nothing',
  'nodered.each': 'Node-RED 4 with node-red-contrib-influxdb as it comes: one POST a message',
  'nodered.batched': 'Node-RED 4, a function node that gathers 500 points for the batch node',
};

type Loads = ReadonlyMap<ContenderName, FullLoad>;

export function fullLoadFigures(single: Loads, many: Loads): Figure[] {
  const setUp = `from ${DEVICES} connections through our broker (device limits set high) until a query of the same InfluxDB finds all; median of 5, in turns, load in a process of its own. Whatever takes the messages runs in a Node process with ${NODE_FLAGS.join(' ')}, as docker-compose.yml starts ingest`;
  return [...single].flatMap(([name, one]) => {
    const hundred = many.get(name);
    const id = `ingest.${name}`;
    const rate = (load: FullLoad | undefined, readings: number) =>
      (load?.messagesPerSecond ?? Number.NaN) * readings;
    const cpu = 'Processor time of its process meanwhile';
    return [
      figure(`${id}.rate.1`, rate(one, 1), 'messages/s', `${WHO[name]}. Messages of one reading, ${setUp}.`),
      figure(`${id}.rate.100`, rate(hundred, 100), 'readings/s', 'The same with 100 readings a message.'),
      figure(`${id}.cpu.1`, one.profile.cpuUs.consumer, 'µs/reading', `${cpu}, one reading a message.`),
      figure(
        `${id}.cpu.100`,
        hundred?.profile.cpuUs.consumer ?? Number.NaN,
        'µs/reading',
        `${cpu}, 100 readings a message.`,
      ),
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
      ...(name === 'ours' ? [...ownFigures(one, 1), ...(hundred ? ownFigures(hundred, 100) : [])] : []),
    ];
  });
}

/** What goes back and stays behind, and where the processor time goes that the rate stands on. */
function ownFigures(load: FullLoad, readings: number): Figure[] {
  const { cpuUs, busyPct, mainThreadPct, secondThreadPct } = load.profile;
  const at = readings === 1 ? 'one reading a message' : `${readings} readings a message`;
  const own = (what: string, value: number, unit: string, how: string) =>
    figure(`ingest.ours.${what}`, value, unit, `${how}, ${at}.`);
  const cpu = (part: Part, who: string) =>
    own(`cpu.${readings}.${part}`, cpuUs[part], 'µs/reading', `Processor time of ${who} meanwhile`);
  const share = (what: string, value: number, unit: string, how: string) =>
    own(`${what}.${readings}`, value, unit, `${how} meanwhile`);
  return [
    own(
      `wire-back.${readings}`,
      load.wireBackBytesPerReading,
      'B/reading',
      'Acknowledgements and receipts that the devices get, without TCP/IP',
    ),
    own(
      `disk.${readings}`,
      load.diskBytesPerReading,
      'B/reading',
      "By how much ingest's folder grows meanwhile, its log included",
    ),
    cpu('load', 'the load generator'),
    cpu('broker', 'the broker'),
    cpu('influxd', 'InfluxDB, the queries that count included'),
    share(
      'busy',
      busyPct,
      '% of all cores',
      `Processor time of load generator, broker, ingest and InfluxDB together, of ${availableParallelism()} cores,`,
    ),
    share('main-thread', mainThreadPct, '% of a core', "Ingest's main thread"),
    share('second-thread', secondThreadPct, '% of a core', "The busiest of ingest's other threads"),
  ];
}

/** The middle of the pairs: what slows the machine down for a while slows both of one pair. */
function ratio(loads: Loads, name: ContenderName): number {
  const others = loads.get(name)?.rates ?? [];
  const ours = loads.get('ours')?.rates ?? [];
  if (others.length === 0 || ours.length !== others.length) return Number.NaN;
  return median(ours.map((rate, i) => rate / (others[i] ?? Number.NaN)));
}

/** @param isWhole of a whole run no contender may be left out: what was not measured is missed */
export function shareFigures(single: Loads, many: Loads, isWhole: boolean): Figure[] {
  const share = (name: ContenderName, target: number): Figure[] => {
    if (!single.has(name) && !isWhole) return [];
    const how = `Messages of one reading that ingest takes for each that ${name} takes; median of 5 pairs.`;
    return [figure(`ingest.to.${name}`, ratio(single, name), '×', how, { atLeast: target })];
  };
  const hundreds = (name: ContenderName): Figure[] => {
    if (!many.has(name)) return [];
    const how = `Messages of 100 readings, likewise with ${name}; without a target, because the targets are named for one reading a message.`;
    return [figure(`ingest.to.${name}.100`, ratio(many, name), '×', how)];
  };
  return [
    ...share('bare', BARE_TARGET),
    ...share('nodered.each', NODERED_EACH_TARGET),
    ...share('nodered.batched', NODERED_BATCHED_TARGET),
    ...OTHERS.flatMap(hundreds),
  ];
}
