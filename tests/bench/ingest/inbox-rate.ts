import { freePort, type InfluxServer } from '@jostle/ingest/testing';
import { median } from '../../figures/figure.ts';
import { startOurBroker } from '../broker-child.ts';
import { Load } from '../load/load.ts';
import { cpuSeconds } from '../process-usage.ts';
import { delay, until } from '../waiting.ts';
import { DEVICES } from './contenders.ts';
import { type IngestFolder, IngestProcess, makeFolder } from './ours.ts';
import { readingsFrom } from './queryable.ts';

const READINGS = 100;
const REPETITIONS = 5;
/** Only says how much is sent in the seconds of one repetition. */
const EXPECTED_PER_SECOND = 50_000;
const ASK_EVERY_MS = 25;

export interface InboxRates {
  /** Readings a second that the inbox commits while InfluxDB is away. */
  inboxPerSecond: number;
  /** Readings a second that reach InfluxDB when it is back, while none come in. */
  influxPerSecond: number;
  /** Of ingest meanwhile, µs a reading. */
  inboxCpuUs: number;
  influxCpuUs: number;
  /** Bytes of the store's files a reading when all of it is in, and nothing is in the log. */
  inboxBytes: number;
  /** Of all rounds. */
  readings: number;
}

/** The two halves of ingest, each with the machine to itself. */
export async function inboxRates(influx: InfluxServer, seconds: number): Promise<InboxRates> {
  const folder = await makeFolder(DEVICES);
  const empty = folder.bytes();
  const broker = await startOurBroker();
  const perRound = Math.max(1, Math.round((EXPECTED_PER_SECOND * seconds) / READINGS / DEVICES)) * DEVICES;
  const target = { ...influx, database: 'bench_backlog' };
  try {
    const inbox = await fillInbox(broker.port, folder, target, perRound);
    const readings = perRound * READINGS * (REPETITIONS + 1);
    const inboxBytes = (folder.bytes() - empty) / readings;
    return {
      ...inbox,
      ...(await drain(broker.port, folder, influx, target.database, readings)),
      inboxBytes,
      readings,
    };
  } finally {
    await broker.stop();
    folder.remove();
  }
}

async function fillInbox(
  port: number,
  folder: IngestFolder,
  target: { user: string; token: string; database: string },
  messages: number,
) {
  const ingest = await IngestProcess.start(port, folder, {
    ...target,
    url: `http://127.0.0.1:${await freePort()}`,
  });
  const load = await Load.start({ port, devices: DEVICES, format: 'run', readings: READINGS, inFlight: 20 });
  const rates: number[] = [];
  const costsUs: number[] = [];
  try {
    // The first is not counted: compilation.
    for (let i = 0; i <= REPETITIONS; i++) {
      await load.prepare(messages);
      const count = messages * READINGS;
      const wanted = (await ingest.committed()) + count;
      const cpuFrom = cpuSeconds(ingest.child.pid);
      const sending = load.send();
      await until('the inbox', async () => (await ingest.committed()) >= wanted, { everyMs: ASK_EVERY_MS });
      const toMs = Date.now();
      const { fromMs } = await sending;
      if (i === 0) continue;
      rates.push((count / (toMs - fromMs)) * 1000);
      costsUs.push(((cpuSeconds(ingest.child.pid) - cpuFrom) / count) * 1e6);
    }
  } finally {
    await load.stop();
    await ingest.stop();
  }
  return { inboxPerSecond: median(rates), inboxCpuUs: median(costsUs) };
}

/** From the tenth to the last: what is before belongs to the start. */
async function drain(
  port: number,
  folder: IngestFolder,
  influx: InfluxServer,
  database: string,
  total: number,
) {
  await influx.query(`CREATE DATABASE "${database}"`);
  const ingest = await IngestProcess.start(port, folder, { ...influx, database });
  try {
    const sights: { ms: number; count: number; cpuS: number }[] = [];
    let count = 0;
    const deadline = performance.now() + 300_000;
    while (count < total && performance.now() < deadline) {
      count = await readingsFrom(influx, database, 0);
      sights.push({ ms: performance.now(), count, cpuS: cpuSeconds(ingest.child.pid) });
      await delay(4 * ASK_EVERY_MS);
    }
    const last = sights.at(-1);
    const first = sights.find((sight) => sight.count >= total / 10) ?? sights[0];
    if (first === undefined || last === undefined || last.count < total)
      return { influxPerSecond: Number.NaN, influxCpuUs: Number.NaN };
    // So little that one look sees all of it come.
    const from = first === last ? { ...first, ms: sights[0]?.ms ?? 0, count: 0 } : first;
    const readings = last.count - from.count;
    return {
      influxPerSecond: (readings / Math.max(1, last.ms - from.ms)) * 1000,
      influxCpuUs: ((last.cpuS - from.cpuS) / readings) * 1e6,
    };
  } finally {
    await ingest.stop();
  }
}
