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

interface Sight {
  ms: number;
  count: number;
  cpuS: number;
}

/** From the tenth to the last, in fifths: what is before belongs to the start. */
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
    const sights: Sight[] = [];
    let count = 0;
    const deadline = performance.now() + 300_000;
    while (count < total && performance.now() < deadline) {
      count = await readingsFrom(influx, database, 0);
      sights.push({ ms: performance.now(), count, cpuS: cpuSeconds(ingest.child.pid) });
      await delay(4 * ASK_EVERY_MS);
    }
    const parts = partsOf(sights, total);
    return {
      influxPerSecond: median(
        parts.map(([from, to]) => ((to.count - from.count) / Math.max(1, to.ms - from.ms)) * 1000),
      ),
      influxCpuUs: median(parts.map(([from, to]) => ((to.cpuS - from.cpuS) / (to.count - from.count)) * 1e6)),
    };
  } finally {
    await ingest.stop();
  }
}

/** From each bound of the fifths to the next; of a backlog so small that one look sees all of it come the whole; none without an end. */
function partsOf(sights: readonly Sight[], total: number): [Sight, Sight][] {
  const bounds = Array.from({ length: REPETITIONS + 1 }, (_, i) => total * (0.1 + (0.9 * i) / REPETITIONS));
  const seen = bounds.flatMap((bound) => sights.find(({ count }) => count >= bound) ?? []);
  const parts = seen.slice(1).map((to, i): [Sight, Sight] => [seen[i] ?? to, to]);
  const [first, last] = [sights[0], sights.at(-1)];
  if (parts.length === REPETITIONS && parts.every(([from, to]) => from.count < to.count)) return parts;
  return first !== undefined && last?.count === total ? [[{ ...first, count: 0 }, last]] : [];
}
