import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { type DrillNetwork, openNetwork, PLACES, type Place } from './drill-network.ts';
import type { Fault } from './namespaces.ts';

/** The gaps are as long as the cuts: much shorter ones, and hardly ever would both places be whole, or one alone cut. */
const SHORT = {
  rounds: 1,
  cutMs: { low: 2_500, high: 4_500 },
  gapMs: { low: 1_000, high: 3_000 },
  lossMs: 5_000,
  perSecond: 100,
  settleMs: 180_000,
};
const LONG = {
  rounds: 8,
  cutMs: { low: 3_000, high: 30_000 },
  gapMs: { low: 3_000, high: 30_000 },
  lossMs: 120_000,
  perSecond: 50,
  settleMs: 900_000,
};
const CUTS: readonly Fault[] = ['out', 'in', 'both'];

export const partitions: Drill = {
  name: 'partitions',
  about:
    'Edges, and independently of them ingest, are cut off in one direction, in the other and in both; then a tenth of all packets is lost.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: cutAll,
};

async function cutAll({ folder, seed, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { rounds, cutMs, gapMs, lossMs, perSecond, settleMs } = isLong ? LONG : SHORT;
  const network = openNetwork(seededRandom(seed).next);
  progress(network.how);
  let system: DrillSystem | undefined;
  try {
    const size = { edges: 2, devicesPerEdge: 3, load: { perSecond }, isOnServers: true };
    system = await DrillSystem.start({ folder, ...size, ...network.system });
    let met = 0;
    const cutPlace = async (place: Place, random: SeededRandom) => {
      for (let round = 0; round < rounds; round++)
        for (const fault of random.shuffled(CUTS)) {
          await wait(random.between(gapMs.low, gapMs.high));
          const ms = random.between(cutMs.low, cutMs.high);
          progress(`${place}: ${fault} for ${Math.round(ms)} ms`);
          network.inflict(place, fault);
          await wait(ms);
          const packets = network.inflict(place, 'none');
          progress(`${place}: ${fault} met ${packets} packets`);
          if (packets > 0) met += 1;
        }
    };
    await Promise.all(PLACES.map((place, n) => cutPlace(place, seededRandom(seed + n))));
    progress(`a tenth of all packets is lost for ${lossMs} ms`);
    for (const place of PLACES) network.inflict(place, 'loss');
    await wait(lossMs);
    const lost = PLACES.reduce((sum, place) => sum + network.inflict(place, 'none'), 0);
    progress(`${lost} packets were lost`);
    const from = performance.now();
    await system.settled(settleMs);
    const recoveryMs = performance.now() - from;
    const { absorbed } = system;
    const others = othersOf(network, { met, planned: rounds * CUTS.length * PLACES.length });
    return { ...(await system.account()), absorbed, recoveryMs, others };
  } finally {
    await system?.stop();
    await network.close();
  }
}

/** A machine of ours has namespaces; elsewhere the proxies are better than nothing. */
const REAL = process.env['CI'] === undefined ? undefined : { atLeast: 1 };

const othersOf = ({ how, isReal }: DrillNetwork, { met, planned }: { met: number; planned: number }) => [
  figure('partitions.cuts', met, 'cuts', `During which packets were dropped, a third of each kind; ${how}.`, {
    atLeast: planned,
  }),
  figure(
    'partitions.packets',
    isReal ? 1 : 0,
    'yes or no',
    'Whether packets were dropped: 1, or bytes held: 0.',
    REAL,
  ),
];
