import { setTimeout as wait } from 'node:timers/promises';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';

/** The outage whose data is made, s. */
const OUTAGE_S = 600;
const DEVICES = 10;
/**
 * `fullRate`: records a second that the outage stands for; a device gives one in 5 s at its default settings.
 * `perSecond`: of each device. The short form makes the data of the outage in seconds, the long one takes as long as it.
 */
const SHORT = { fullRate: 100, perSecond: 1_500, downS: 0 };
const LONG = { fullRate: 1_000, perSecond: 1_000 / DEVICES, downS: OUTAGE_S };
const LIMIT_MS = 300_000;
const CATCH_UP = 10;

export const influxOutage: Drill = {
  name: 'influx-outage',
  about:
    'InfluxDB is killed and stays away while the data of ten minutes arrives (compressed in the short form; in ten minutes in the long one); then it comes back.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: missInflux,
};

async function missInflux({ folder, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { fullRate, perSecond, downS } = isLong ? LONG : SHORT;
  const options = { folder, edges: 2, devicesPerEdge: DEVICES / 2, isOnServers: true };
  const system = await DrillSystem.start({ ...options, load: { perSecond: 50 } });
  try {
    await system.settled(LIMIT_MS);
    const confirmedBefore = system.tallies.confirmed;
    const release = await system.part('influxd').hold();
    const upTo = Math.ceil((fullRate * OUTAGE_S + confirmedBefore) / DEVICES);
    const began = performance.now();
    system.setLoad({ perSecond, upTo });
    await system.made(fullRate * OUTAGE_S + confirmedBefore, downS * 1000 + LIMIT_MS);
    await system.delivered(LIMIT_MS);
    await wait(Math.max(0, downS * 1000 - (performance.now() - began)));
    const seconds = (performance.now() - began) / 1000;
    progress(`${system.tallies.confirmed - confirmedBefore} records arrived in ${seconds.toFixed(1)} s`);
    await release();
    const from = performance.now();
    await system.settled(LIMIT_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed } = system;
    const others = [
      figure(
        'influx-outage.down',
        seconds,
        's',
        'InfluxDB was away, and meanwhile ingest took everything.',
        downS === 0 ? undefined : { atLeast: downS },
      ),
      figure(
        'influx-outage.catch-up',
        (OUTAGE_S * 1000) / recoveryMs,
        'times real time',
        `${fullRate} records/s over ${OUTAGE_S} s, by the time until InfluxDB had the last point, its start not counted.`,
        { atLeast: CATCH_UP },
      ),
    ];
    return { ...(await system.account()), absorbed, recoveryMs, others };
  } finally {
    await system.stop();
  }
}
