import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { type DrillNetwork, openNetwork, PLACES, type Place } from './drill-network.ts';
import type { Fault } from './namespaces.ts';

const SHORT = { rounds: 1, cutMs: { low: 2_500, high: 4_500 }, lossMs: 5_000, perSecond: 100 };
const LONG = { rounds: 34, cutMs: { low: 3_000, high: 120_000 }, lossMs: 600_000, perSecond: 200 };
const GAP_MS = { low: 300, high: 1_200 };
const CUTS: readonly Fault[] = ['out', 'in', 'both'];
const SETTLE_MS = 180_000;

export const partitions: Drill = {
  name: 'partitions',
  about:
    'Edges, and independently of them ingest, are cut off in one direction, in the other and in both; then a tenth of all packets is lost.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: cutAll,
};

async function cutAll({ folder, seed, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { rounds, cutMs, lossMs, perSecond } = isLong ? LONG : SHORT;
  const network = openNetwork(seededRandom(seed).next);
  progress(network.how);
  let system: DrillSystem | undefined;
  try {
    const size = { edges: 2, devicesPerEdge: 3, load: { perSecond }, isOnServers: true };
    system = await DrillSystem.start({ folder, ...size, ...network.system });
    const cutPlace = async (place: Place, random: SeededRandom) => {
      for (let round = 0; round < rounds; round++)
        for (const fault of random.shuffled(CUTS)) {
          await wait(random.between(GAP_MS.low, GAP_MS.high));
          const ms = random.between(cutMs.low, cutMs.high);
          progress(`${place}: ${fault} for ${Math.round(ms)} ms`);
          network.inflict(place, fault);
          await wait(ms);
          network.inflict(place, 'none');
        }
    };
    await Promise.all(PLACES.map((place, n) => cutPlace(place, seededRandom(seed + n))));
    progress(`a tenth of all packets is lost for ${lossMs} ms`);
    for (const place of PLACES) network.inflict(place, 'loss');
    await wait(lossMs);
    for (const place of PLACES) network.inflict(place, 'none');
    const from = performance.now();
    await system.settled(SETTLE_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed } = system;
    const others = othersOf(network, rounds);
    return { ...(await system.account()), absorbed, recoveryMs, others };
  } finally {
    await system?.stop();
    await network.close();
  }
}

const othersOf = ({ how, isReal }: DrillNetwork, rounds: number) => [
  figure('partitions.cuts', rounds * CUTS.length * PLACES.length, 'cuts', `A third of each kind; ${how}.`),
  figure(
    'partitions.packets',
    isReal ? 1 : 0,
    'yes or no',
    'Whether packets were dropped: 1, or bytes held: 0.',
  ),
];
