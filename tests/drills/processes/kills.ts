import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { PART_KINDS, type PartKind } from '../support/part.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/** More are planned than wanted: a process that ends by itself just before its kill is none. */
const SHORT = { perKind: 6, perSecond: 100, atLeast: 40 };
const LONG = { perKind: 210, perSecond: 500, atLeast: 1_000 };
/** From one kill to the next, ms: shorter than some starts take, so that more than one part may be down. */
const GAP_MS = [100, 500] as const;
const SETTLE_MS = 180_000;
const PROGRESS_EVERY = 10;

export const kills: Drill = {
  name: 'kills',
  about:
    'SIGKILL of edges, broker, ingest, InfluxDB and PostgreSQL at random, each of them under load; then the same on SQLite alone.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: killAll,
};

async function killAll(options: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(options.seed);
  const onServers = await killRound(options, random, true);
  const onSqlite = await killRound(options, random, false);
  const sum = (count: keyof typeof onServers) => onServers[count] + onSqlite[count];
  const { atLeast } = options.isLong ? LONG : SHORT;
  const how = `Ended by SIGKILL: ${onServers.killed} with PostgreSQL and InfluxDB, ${onSqlite.killed} with SQLite.`;
  return {
    ...{ generated: sum('generated'), lost: sum('lost'), twice: sum('twice') },
    ...{ alerts: sum('alerts'), dropped: sum('dropped'), absorbed: sum('absorbed') },
    recoveryMs: Math.max(onServers.recoveryMs, onSqlite.recoveryMs),
    others: [
      figure('kills.count', sum('killed'), 'kills', how, { atLeast }),
      figure('kills.crashes', sum('crashes'), 'processes', 'Ended by themselves, not by a kill.', {
        atMost: 0,
      }),
    ],
  };
}

async function killRound(
  { folder, isLong, progress }: DrillOptions,
  random: SeededRandom,
  isOnServers: boolean,
) {
  const { perKind, perSecond } = isLong ? LONG : SHORT;
  const place = isOnServers ? folder : join(folder, 'sqlite');
  const size = { edges: 3, devicesPerEdge: 2, load: { perSecond } };
  const system = await DrillSystem.start({ folder: place, ...size, isOnServers });
  try {
    const there = PART_KINDS.filter((kind) => system.partsOf(kind).length > 0);
    const kinds = random.shuffled(there.flatMap((kind) => Array<PartKind>(perKind).fill(kind)));
    for (const [n, kind] of kinds.entries()) {
      await wait(random.between(...GAP_MS));
      const part = random.pick(system.partsOf(kind));
      await part.up();
      part.kill();
      if ((n + 1) % PROGRESS_EVERY === 0)
        progress(`${n + 1} of ${kinds.length} killed, ${system.tallies.confirmed} records confirmed`);
    }
    const from = performance.now();
    await system.settled(SETTLE_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed, crashes, killed } = system;
    return { ...(await system.account()), absorbed, crashes, killed, recoveryMs };
  } finally {
    await system.stop();
  }
}
