import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CatchUp, type InfluxServer, measureCatchUp, startInflux } from '@jostle/ingest/testing';
import type { Figure } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';
import { type Contender, type ContenderName, startContender } from './contenders.ts';
import { CATCH_UP_DEVICES, catchUpFigures, delayFigures, fleetFigures, inboxFigures } from './figures.ts';
import { fleetCost } from './fleet-size.ts';
import { inboxRates } from './inbox-rate.ts';
import { fullLoadFigures, shareFigures } from './load-figures.ts';
import { installNodeRed, type NodeRed } from './node-red.ts';
import { fullLoads } from './rates.ts';
import { type Steady, steadyRun } from './steady.ts';

/** Shorter runs only show that everything works: without Node-RED, and without the large fleets. */
const WHOLE_FROM_S = 60;
const FLEETS = [10, 100, 1_000, 10_000];
const SMALL_FLEETS = [10, 100];
/** Of what is measured by itself; the comparison has as many rounds. */
const REPETITIONS = 5;
/** 6 s of 600. */
const REPETITIONS_IN_ALL = 100;

/** What ingest takes in a second and what a reading costs, beside a bare script and Node-RED on the same InfluxDB. */
export async function ingestSuite({ seconds, progress }: SuiteOptions): Promise<Figure[]> {
  const isWhole = seconds >= WHOLE_FROM_S;
  const nodeRed = isWhole ? await installNodeRed() : 'the run is short';
  if (typeof nodeRed === 'string') progress(`without the figures of Node-RED: ${nodeRed}`);
  const influx = await startInflux();
  try {
    return [
      ...(await comparison(influx, typeof nodeRed === 'string' ? undefined : nodeRed, seconds, progress)),
      ...(await ownRates(influx, seconds, progress)),
      ...(await catchUp(isWhole, progress)),
      ...(await fleets(isWhole, influx, seconds, progress)),
    ];
  } finally {
    await influx.stop();
    if (typeof nodeRed !== 'string') nodeRed.remove();
  }
}

type Progress = SuiteOptions['progress'];

const repetitionsOf = (isWhole: boolean) => (isWhole ? REPETITIONS : 1);

async function comparison(
  influx: InfluxServer,
  nodeRed: NodeRed | undefined,
  seconds: number,
  progress: Progress,
): Promise<Figure[]> {
  const names: ContenderName[] =
    nodeRed === undefined ? ['ours', 'bare'] : ['ours', 'bare', 'nodered.each', 'nodered.batched'];
  // One that has not taken within 5 s what its connection holds is cut off by the broker, and its count never comes.
  const secondsOf = (name: ContenderName) => seconds / REPETITIONS_IN_ALL / (name === 'nodered.each' ? 4 : 1);
  progress(`starting ${names.join(', ')}`);
  const contenders: Contender[] = [];
  try {
    for (const name of names) contenders.push(await startContender(name, influx, nodeRed));
    progress('one reading a message, as fast as they go');
    const single = await fullLoads(contenders, influx, 1, secondsOf);
    progress('100 readings a message');
    const many = await fullLoads(contenders, influx, 100, secondsOf);
    const steady = new Map<ContenderName, Steady>();
    for (const one of contenders) {
      const length = one.name === 'ours' ? seconds : Math.min(seconds, 30);
      progress(`${one.name} at a fixed rate: ${length} s`);
      steady.set(one.name, await steadyRun(one, influx, length));
    }
    return [
      ...fullLoadFigures(single, many),
      ...shareFigures(single, many, seconds >= WHOLE_FROM_S),
      ...delayFigures(steady, seconds),
    ];
  } finally {
    for (const one of contenders) await one.stop();
  }
}

async function ownRates(influx: InfluxServer, seconds: number, progress: Progress): Promise<Figure[]> {
  progress('the inbox with InfluxDB away, then InfluxDB with the backlog');
  const before = folderBytes(influx.folder);
  const rates = await inboxRates(influx, seconds / 120);
  return inboxFigures(rates, (folderBytes(influx.folder) - before) / rates.readings);
}

/** After InfluxDB was away for an hour at the full rate; a short run makes up for a minute. */
async function catchUp(isWhole: boolean, progress: Progress): Promise<Figure[]> {
  progress('making up for an outage of InfluxDB');
  const outage = { devices: CATCH_UP_DEVICES, outageMs: isWhole ? 3_600_000 : 60_000, intervalMs: 1_000 };
  const runs: CatchUp[] = [];
  for (let i = 0; i < repetitionsOf(isWhole); i++) runs.push(await measureCatchUp(outage));
  return catchUpFigures(runs);
}

async function fleets(
  isWhole: boolean,
  influx: InfluxServer,
  seconds: number,
  progress: Progress,
): Promise<Figure[]> {
  const costs = new Map<number, number>();
  const repetitions = repetitionsOf(isWhole);
  for (const devices of isWhole ? FLEETS : SMALL_FLEETS) {
    progress(`${devices} devices share one rate`);
    costs.set(devices, await fleetCost(devices, influx, Math.min(10, seconds / 20), repetitions));
  }
  return fleetFigures(costs, repetitions);
}

/** On the disk; files may come and go meanwhile. */
function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => {
      const blocks = statSync(join(parentPath, name), { throwIfNoEntry: false })?.blocks ?? 0;
      return sum + blocks * 512;
    }, 0);
}
