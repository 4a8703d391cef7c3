import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SHORT = { rounds: 2, devicesPerEdge: 20, perSecond: 25 };
const LONG = { rounds: 30, devicesPerEdge: 100, perSecond: 5 };
/** All devices and ingest have one address here, which they have not in the field. */
const BROKER_ENV = { MQTT_MAX_CONNECTIONS_PER_ADDRESS: '1000' };
const LOAD_MS = [800, 1_600] as const;
/** How long the broker takes messages that nobody fetches from it before it dies with them. */
const UNREAD_MS = 1_000;
const LIMIT_MS = 60_000;
/** Of all edges together, from the moment the broker is back. */
const RESENT_MS = 10_000;

export const brokerAmnesia: Drill = {
  name: 'broker-amnesia',
  about:
    'The broker acknowledges messages while ingest stands still, is killed with them in its memory, and comes back empty.',
  parts: 'edges, broker and ingest, processes of their own',
  run: forgetAll,
};

async function forgetAll({ folder, seed, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { rounds, devicesPerEdge, perSecond } = isLong ? LONG : SHORT;
  const random = seededRandom(seed);
  const load = { perSecond };
  const system = await DrillSystem.start({
    ...{ folder, edges: 2, devicesPerEdge, load, isOnServers: false },
    brokerEnv: BROKER_ENV,
  });
  try {
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) {
      system.setLoad(load);
      await wait(random.between(...LOAD_MS));
      const standing = system.part('ingest').pause(UNREAD_MS);
      await wait(UNREAD_MS * 0.9);
      const release = await system.part('broker').hold();
      await standing;
      system.setLoad({ perSecond: 0 });
      await system.disconnected(LIMIT_MS);
      const waiting = system.tallies.backlog;
      await release();
      const from = performance.now();
      await system.delivered(LIMIT_MS);
      took.push(performance.now() - from);
      progress(`${waiting} records sent again and stored in ${Math.round(took.at(-1) ?? 0)} ms`);
    }
    const { absorbed } = system;
    const others = [
      figure('broker-amnesia.rounds', took.length, 'rounds', `Each with ${2 * devicesPerEdge} devices.`, {
        atLeast: rounds,
      }),
      figure(
        'broker-amnesia.resent',
        Math.max(...took),
        'ms',
        'From the moment the broker was back until every device had a receipt for all it held; the slowest round.',
        { atMost: RESENT_MS },
      ),
    ];
    return { ...(await system.account()), absorbed, recoveryMs: took.at(-1) ?? 0, others };
  } finally {
    await system.stop();
  }
}
