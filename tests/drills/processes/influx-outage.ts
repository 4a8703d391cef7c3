import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { DrillSystem } from '../support/drill-system.ts';

/** The outage whose data is made, s. It is made as fast as the system takes it. */
const OUTAGE_S = 600;
/** Records a second that the outage stands for: a device gives one in 5 s at its default settings. */
const SHORT = { fullRate: 100 };
const LONG = { fullRate: 1_000 };
const DEVICES = 10;
const LIMIT_MS = 300_000;
/** Records a second of each device: what makes the data of the outage in seconds. */
const HASTE = 1_500;
const CATCH_UP = 10;

export const influxOutage: Drill = {
  name: 'influx-outage',
  about: 'InfluxDB is killed and stays away while all the data of ten minutes arrives; then it comes back.',
  parts: 'edges, broker, ingest, InfluxDB and PostgreSQL, processes of their own',
  needs: ['influxd', 'postgres'],
  run: missInflux,
};

async function missInflux({ folder, isLong, progress }: DrillOptions): Promise<DrillResult> {
  const { fullRate } = isLong ? LONG : SHORT;
  const options = { folder, edges: 2, devicesPerEdge: DEVICES / 2, isOnServers: true };
  const system = await DrillSystem.start({ ...options, load: { perSecond: 50 } });
  try {
    await system.settled(LIMIT_MS);
    const confirmedBefore = system.tallies.confirmed;
    const release = await system.part('influxd').hold();
    const upTo = Math.ceil((fullRate * OUTAGE_S + confirmedBefore) / DEVICES);
    const began = performance.now();
    system.setLoad({ perSecond: HASTE, upTo });
    await system.made(fullRate * OUTAGE_S + confirmedBefore, LIMIT_MS);
    await system.delivered(LIMIT_MS);
    const seconds = (performance.now() - began) / 1000;
    progress(`${system.tallies.confirmed - confirmedBefore} records arrived in ${seconds.toFixed(1)} s`);
    await release();
    const from = performance.now();
    await system.settled(LIMIT_MS);
    const recoveryMs = performance.now() - from;
    const { absorbed } = system;
    const others = [
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
