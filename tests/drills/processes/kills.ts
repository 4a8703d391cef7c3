import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { PART_KINDS, type PartKind } from '../support/part.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/** More are planned than wanted: a process that ends by itself just before its kill is none. */
const SHORT = { perKind: 6, perSecond: 100, atLeast: 40, ofEach: 4 };
const LONG = { perKind: 210, perSecond: 500, atLeast: 1_000, ofEach: 200 };
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

type KillsByKind = Record<PartKind, number>;

const total = (kills: KillsByKind) => Object.values(kills).reduce((sum, count) => sum + count, 0);

async function killAll(options: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(options.seed);
  const onServers = await killRound(options, random, true);
  const onSqlite = await killRound(options, random, false);
  const sum = (count: 'generated' | 'lost' | 'twice' | 'alerts' | 'dropped' | 'absorbed' | 'crashes') =>
    onServers[count] + onSqlite[count];
  const { atLeast, ofEach } = options.isLong ? LONG : SHORT;
  const [withServers, withSqlite] = [total(onServers.killed), total(onSqlite.killed)];
  const how = `Ended by SIGKILL: ${withServers} with PostgreSQL and InfluxDB, ${withSqlite} with SQLite.`;
  return {
    ...{ generated: sum('generated'), lost: sum('lost'), twice: sum('twice') },
    ...{ alerts: sum('alerts'), dropped: sum('dropped'), absorbed: sum('absorbed') },
    recoveryMs: Math.max(onServers.recoveryMs, onSqlite.recoveryMs),
    others: [
      figure('kills.count', withServers + withSqlite, 'kills', how, { atLeast }),
      ...PART_KINDS.map((kind) =>
        figure(
          `kills.${kind}`,
          onServers.killed[kind] + onSqlite.killed[kind],
          'kills',
          'Of these, such processes.',
          { atLeast: ofEach },
        ),
      ),
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
    const { absorbed, crashes } = system;
    const killed = Object.fromEntries(PART_KINDS.map((kind) => [kind, system.killedOf(kind)])) as KillsByKind;
    return { ...(await system.account()), absorbed, crashes, killed, recoveryMs };
  } finally {
    await system.stop();
  }
}
