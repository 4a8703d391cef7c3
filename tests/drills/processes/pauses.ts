import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { PART_KINDS, type PartKind } from '../support/part.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/** From one pause of a kind to its next: much shorter than the pauses, and something would nearly always stand still. */
const SHORT = {
  perKind: 2,
  pauseMs: { low: 5_000, high: 6_000 },
  gapMs: { low: 1_000, high: 4_000 },
  perSecond: 100,
};
const LONG = {
  perKind: 10,
  pauseMs: { low: 5_000, high: 60_000 },
  gapMs: { low: 5_000, high: 60_000 },
  perSecond: 200,
};
const SETTLE_MS = 180_000;

export const pauses: Drill = {
  name: 'pauses',
  about: 'SIGSTOP of each process for 5 to 60 s and SIGCONT, kinds independent of each other, under load.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: pauseAll,
};

async function pauseAll({ folder, seed, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { perKind, pauseMs, gapMs, perSecond } = isLong ? LONG : SHORT;
  const load = { perSecond };
  const system = await DrillSystem.start({ folder, edges: 3, devicesPerEdge: 2, load, isOnServers: true });
  /** Pauses parts of one kind, one after the other. */
  const pauseKind = async (kind: PartKind, random: SeededRandom) => {
    for (let n = 0; n < perKind; n++) {
      await wait(random.between(gapMs.low, gapMs.high));
      const part = random.pick(system.partsOf(kind));
      const ms = random.between(pauseMs.low, pauseMs.high);
      progress(`${part.name} stands still for ${Math.round(ms)} ms`);
      await part.pause(ms);
    }
  };
  try {
    await Promise.all(PART_KINDS.map((kind, n) => pauseKind(kind, seededRandom(seed + n))));
    const from = performance.now();
    await system.settled(SETTLE_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed, crashes, paused } = system;
    const planned = perKind * PART_KINDS.length;
    const others = [
      figure('pauses.count', paused, 'pauses', 'Seen to stand still by the kernel.', { atLeast: planned }),
      figure('pauses.crashes', crashes, 'processes', 'Ended while they were only paused.', { atMost: 0 }),
    ];
    return { ...(await system.account()), absorbed, recoveryMs, others };
  } finally {
    await system.stop();
  }
}
