import type { InfluxServer } from '@jostle/ingest/testing';
import { median } from '../../figures/figure.ts';
import { startOurBroker } from '../broker-child.ts';
import { Load } from '../load/load.ts';
import { cpuSeconds } from '../process-usage.ts';
import { IngestProcess, makeFolder } from './ours.ts';
import { whenQueryable } from './queryable.ts';

export const FLEET_READINGS = 10;
export const FLEET_MESSAGES_PER_SECOND = 500;

/**
 * Processor time of ingest, µs a reading, where so many devices share the same total rate.
 *
 * @param seconds length of one repetition
 * @returns the median of all repetitions
 */
export async function fleetCost(
  devices: number,
  influx: InfluxServer,
  seconds: number,
  repetitions: number,
): Promise<number> {
  const database = `bench_fleet_${devices}`;
  const folder = await makeFolder(devices);
  const broker = await startOurBroker();
  await influx.query(`CREATE DATABASE "${database}"`);
  const ingest = await IngestProcess.start(broker.port, folder, { ...influx, database });
  const load = await Load.start({
    ...{ port: broker.port, devices, format: 'run', readings: FLEET_READINGS, inFlight: 20 },
  });
  const messages = Math.ceil(FLEET_MESSAGES_PER_SECOND * seconds);
  const measure = async () => {
    await load.prepare(messages, FLEET_MESSAGES_PER_SECOND);
    const startMs = Date.now();
    const cpuFrom = cpuSeconds(ingest.child.pid);
    await load.send();
    await whenQueryable(influx, database, startMs, messages * FLEET_READINGS);
    return ((cpuSeconds(ingest.child.pid) - cpuFrom) / (messages * FLEET_READINGS)) * 1e6;
  };
  try {
    // Compilation, and the rows that the first message of a device makes.
    await measure();
    const costsUs: number[] = [];
    for (let i = 0; i < repetitions; i++) costsUs.push(await measure());
    return median(costsUs);
  } finally {
    for (const part of [load, ingest, broker]) await part.stop();
    folder.remove();
  }
}
