import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { PART_KINDS, type PartKind } from '../support/part.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SHORT = { perKind: 9, perSecond: 100 };
const LONG = { perKind: 210, perSecond: 500 };
/** From one kill to the next, ms: shorter than some starts take, so that more than one part may be down. */
const GAP_MS = [100, 700] as const;
const SETTLE_MS = 180_000;

export const kills: Drill = {
  name: 'kills',
  about: 'SIGKILL of edges, broker, ingest, InfluxDB and PostgreSQL at random, each of them under load.',
  run: killAll,
};

async function killAll({ folder, seed, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { perKind, perSecond } = isLong ? LONG : SHORT;
  const random = seededRandom(seed);
  const load = { perSecond };
  const system = await DrillSystem.start({ folder, edges: 3, devicesPerEdge: 2, load, isOnServers: true });
  try {
    const kinds = random.shuffled(PART_KINDS.flatMap((kind) => Array<PartKind>(perKind).fill(kind)));
    for (const [n, kind] of kinds.entries()) {
      await wait(random.between(...GAP_MS));
      const part = random.pick(system.partsOf(kind));
      await part.up();
      part.kill();
      if ((n + 1) % 15 === 0)
        progress(`${n + 1} of ${kinds.length} killed, ${system.confirmed} records confirmed`);
    }
    const from = performance.now();
    await system.settled(SETTLE_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed, crashes } = system;
    const others = [
      figure('kills.count', kinds.length, 'kills', `${perKind} of each kind.`, { atLeast: kinds.length }),
      figure('kills.crashes', crashes, 'processes', 'Ended by themselves, not by a kill.', { atMost: 0 }),
    ];
    return { ...(await system.account()), absorbed, recoveryMs, others };
  } finally {
    await system.stop();
  }
}
