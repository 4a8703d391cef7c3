import { runRow } from '../inbox/stored-run.ts';
import { InfluxTelemetryStore } from '../telemetry/influx-store.ts';
import { HOUR_MS } from '../telemetry/telemetry-store.ts';
import { startWriter } from './idle-writer.ts';
import { startInflux } from './influx.ts';
import { EPOCH, makeRecord, START_MS } from './records.ts';
import { openTemporaryStore } from './stores.ts';

export interface CatchUpOptions {
  devices: number;
  /** How long the telemetry store was away, ms of the data. */
  outageMs?: number;
  /** Time from one reading of a device to the next, ms. */
  intervalMs: number;
  /** Readings of one message. */
  readingsPerMessage?: number;
}

export interface CatchUp {
  readings: number;
  /** From the first write until the telemetry store had everything, ms. */
  catchUpMs: number;
  /** Length of the outage over the time to catch up. */
  factor: number;
  readingsPerS: number;
}

/**
 * How fast a real InfluxDB is filled after an outage: the inbox has the whole of it, and the telemetry writer starts.
 * What the fleet sends meanwhile is left out.
 *
 * @throws where InfluxDB does not have every reading afterwards
 */
export async function measureCatchUp({
  devices,
  outageMs = HOUR_MS,
  intervalMs,
  readingsPerMessage = 100,
}: CatchUpOptions): Promise<CatchUp> {
  const { store, close } = await openTemporaryStore();
  const server = await startInflux();
  try {
    const perDevice = Math.floor(outageMs / intervalMs);
    for (let from = 0; from < perDevice; from += readingsPerMessage) {
      const count = Math.min(readingsPerMessage, perDevice - from);
      const rows = Array.from({ length: devices }, (_, d) => messageRow(`DEV-${d}`, from, count, intervalMs));
      await store.db.insertInto('inbox').values(rows).execute();
    }
    const telemetry = new InfluxTelemetryStore({ ...server, database: 'jostle' });
    await server.query('CREATE DATABASE jostle');
    const startedAt = performance.now();
    const { writer, firstIdle } = startWriter(store, telemetry);
    await firstIdle;
    const catchUpMs = performance.now() - startedAt;
    await writer.stop();
    const readings = devices * perDevice;
    const counted = JSON.stringify(await server.query('SELECT count(temp_c) FROM env', 'jostle'));
    if (!counted.includes(`,${readings}]`)) throw new RangeError(`${readings} readings are ${counted}`);
    return {
      readings,
      catchUpMs,
      factor: outageMs / catchUpMs,
      readingsPerS: (1000 * readings) / catchUpMs,
    };
  } finally {
    await server.stop();
    await close();
  }
}

function messageRow(deviceId: string, from: number, count: number, intervalMs: number) {
  const records = Array.from({ length: count }, (_, i) => {
    const seq = 1 + from + i;
    const temperatureC = 20 + ((seq * 7) % 100) / 10;
    const reading = makeRecord(seq, 'climate', { temperatureC, pressureHpa: 1000 + (seq % 50) / 10 });
    return { ...reading, measuredAt: START_MS + seq * intervalMs, monotonicMs: seq * intervalMs };
  });
  const firstAt = START_MS + (1 + from) * intervalMs;
  const span = { firstAt, lastAt: firstAt + (count - 1) * intervalMs };
  return runRow({ deviceId, epoch: EPOCH, receivedAt: span.lastAt }, records, span);
}
