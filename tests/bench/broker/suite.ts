import { fileURLToPath } from 'node:url';
import { type Figure, figure, median, quantile } from '../../figures/figure.ts';
import { type BrokerChild, startBareAedes, startOurBroker } from '../broker-child.ts';
import { Load } from '../load/load.ts';
import { NodeChild } from '../node-child.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { SuiteOptions } from '../suites.ts';

const REPETITIONS = 5;
const DEVICES = 50;
const RATIO_TARGET = 0.9;
const WARM_UP_ROUNDS = 3;
const WARM_UP_MESSAGES = 20_000;
/** Only says how much is sent in the seconds of one repetition. */
const EXPECTED_RATE = 20_000;
const STEADY_PER_SECOND = 5_000;

const SINK = fileURLToPath(new URL('../load/sink-process.ts', import.meta.url));

interface Contender {
  broker: BrokerChild;
  load: Load;
  sink: NodeChild;
  /** Messages a second, one for each repetition. */
  rates: number[];
  /** Processor time of the broker, µs a message, likewise. */
  costsUs: number[];
}

interface Received {
  /** Wall clock, ms. */
  atMs: number;
  /** From sending to receiving, of each message. */
  delaysMs: number[];
}

/** What our broker adds to Aedes: identity, rules of topics, guards, paces, counts. */
export async function brokerSuite({ seconds, progress }: SuiteOptions): Promise<Figure[]> {
  progress('broker: our process and a bare Aedes, in turns');
  const ours = await startContender(startOurBroker);
  const bare = await startContender(startBareAedes);
  try {
    // Alike for both: compilation goes on for long, and shows.
    const warmUp = Math.ceil(WARM_UP_MESSAGES * Math.min(1, seconds / 20));
    for (let i = 0; i < WARM_UP_ROUNDS; i++) for (const one of [ours, bare]) await fullRate(one, warmUp);
    const messages = Math.ceil(EXPECTED_RATE * Math.min(5, seconds / 20));
    for (let i = 0; i < REPETITIONS; i++)
      for (const one of i % 2 === 0 ? [ours, bare] : [bare, ours]) await measure(one, messages);
    const steady = Math.ceil(STEADY_PER_SECOND * Math.min(10, seconds / 20));
    progress(`both at ${STEADY_PER_SECOND} messages/s`);
    const delaysMs = (await transfer(ours, steady, STEADY_PER_SECOND)).delaysMs;
    const bareDelaysMs = (await transfer(bare, steady, STEADY_PER_SECOND)).delaysMs;
    return [...rateFigures(ours, bare), ...delayFigures(delaysMs, bareDelaysMs)];
  } finally {
    for (const { load, sink, broker } of [ours, bare])
      for (const part of [load, sink, broker]) await part.stop();
  }
}

async function startContender(start: () => Promise<BrokerChild>): Promise<Contender> {
  const broker = await start();
  const sink = new NodeChild(['--import', 'tsx', SINK, `${broker.port}`]);
  await sink.next('ready');
  const load = await Load.start({
    port: broker.port,
    devices: DEVICES,
    format: 'stamp',
    readings: 1,
    inFlight: 20,
  });
  return { broker, sink, load, rates: [], costsUs: [] };
}

/** Sends and receives so many. */
async function transfer({ load, sink }: Contender, messages: number, perSecond?: number) {
  await load.prepare(messages, perSecond);
  const waiting = sink.next('waiting');
  sink.send({ type: 'expect', wanted: messages });
  await waiting;
  const received = sink.next<Received>('received');
  const sent = await load.send();
  return { ...sent, ...(await received) };
}

async function measure(one: Contender, messages: number): Promise<void> {
  const cpuFrom = cpuSeconds(one.broker.pid);
  one.rates.push(await fullRate(one, messages));
  one.costsUs.push(((cpuSeconds(one.broker.pid) - cpuFrom) / messages) * 1e6);
}

/** Messages a second, from the first that is sent to the last that is received. */
async function fullRate(one: Contender, messages: number): Promise<number> {
  const { fromMs, atMs } = await transfer(one, messages);
  return (messages / (atMs - fromMs)) * 1000;
}

function rateFigures(ours: Contender, bare: Contender): Figure[] {
  const setUp = `${DEVICES} connections, QoS 1 both ways, 250 B, one subscriber, load and subscriber in processes of their own`;
  const ratios = ours.rates.map((rate, i) => rate / (bare.rates[i] ?? Number.NaN));
  return [
    figure(
      'broker.rate',
      median(ours.rates),
      'messages/s',
      `As fast as PUBACKs come: ${setUp}; median of ${REPETITIONS}.`,
    ),
    figure(
      'broker.rate.bare',
      median(bare.rates),
      'messages/s',
      'The same through Aedes alone, with the same options.',
    ),
    figure(
      'broker.rate.ratio',
      median(ratios),
      '×',
      `The first to the second, in turns; median of ${REPETITIONS} pairs.`,
      { atLeast: RATIO_TARGET },
    ),
    figure('broker.cpu', median(ours.costsUs), 'µs/message', 'Processor time of the broker meanwhile.'),
    figure('broker.cpu.bare', median(bare.costsUs), 'µs/message', 'Processor time of Aedes alone.'),
  ];
}

function delayFigures(delays: readonly number[], bareDelays: readonly number[]): Figure[] {
  const at = `${STEADY_PER_SECOND.toLocaleString('en')} messages/s`;
  return [
    figure(
      'broker.delay.p50',
      quantile(delays, 0.5),
      'ms',
      `From device to subscriber at ${at}, the middle.`,
    ),
    figure('broker.delay.p99', quantile(delays, 0.99), 'ms', 'The same, of 99 in 100 messages.'),
    figure('broker.delay.p50.bare', quantile(bareDelays, 0.5), 'ms', 'The middle through Aedes alone.'),
    figure('broker.delay.p99.bare', quantile(bareDelays, 0.99), 'ms', 'Of 99 in 100 through Aedes alone.'),
  ];
}
