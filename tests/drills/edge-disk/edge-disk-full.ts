import { join } from 'node:path';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import {
  addRange,
  type Clock,
  countOf,
  type DeviceRecord,
  missingFrom,
  type RecordDraft,
  recordHash,
  type SeqRanges,
} from '@jostle/contracts';
import { type AgentConfig, runAgentOn, type SensingEvents } from '@jostle/edge/agent';
import { startService } from '@jostle/ingest';
import { readIngestConfig } from '@jostle/ingest/config';
import { freePort, openStore, storedRecords } from '@jostle/ingest/testing';
import { pino } from 'pino';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { BOOT_ID, draftsFrom } from './readings.ts';

const DEVICE_ID = 'BOX-A';
const DISK_MB = 10;
const BATCH_MAX = 40;
/** Batches before the disk is full, while it is, and after. */
const SHORT_PHASE = 60;
const LONG_PHASE = 200;
const SHORT_ROUNDS = 2;
const LONG_ROUNDS = 10;
const DELIVERY_LIMIT_MS = 180_000;
const SILENT = pino({ level: 'silent' });
const CLOCK: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  quality: () => 'ntp',
};

/** Another process fills the disk of a device that has no network; then there is room again, and then a network. */
export const edgeDiskFull: Drill = {
  name: 'edge-disk-full',
  about: 'Another process fills the disk of a device that is offline; then room comes back, and the network.',
  needs: ['mount'],
  run: async ({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> => {
    const random = seededRandom(seed);
    const disk = mountSmallDisk(join(folder, 'card'), DISK_MB);
    try {
      const port = await freePort();
      const device = startDevice(disk.path, `mqtt://127.0.0.1:${port}`, random);
      const rounds = isLong ? LONG_ROUNDS : SHORT_ROUNDS;
      let wasBallastUsed = false;
      for (let round = 1; round <= rounds; round++) {
        progress(`round ${round} of ${rounds}`);
        await disturb(disk, device, isLong ? LONG_PHASE : SHORT_PHASE, () => {
          wasBallastUsed ||= !device.agent.status().hasBallast;
        });
      }
      const from = performance.now();
      const dataDir = join(folder, 'ingest');
      await deliver(device, port, dataDir);
      const recoveryMs = performance.now() - from;
      const { epoch } = device.agent.status();
      await device.agent.stop();
      return { ...(await accountOf(dataDir, epoch, device.given, wasBallastUsed)), recoveryMs };
    } finally {
      disk.unmount();
    }
  },
};

interface Device {
  agent: ReturnType<typeof runAgentOn>;
  /** Everything that its sensors gave, whether it could be stored or not. */
  given: RecordDraft[];
  measure(batches: number): Promise<void>;
}

function startDevice(card: string, mqttUrl: string, random: SeededRandom): Device {
  let events: SensingEvents | undefined;
  const given: RecordDraft[] = [];
  const agent = runAgentOn({
    config: {
      deviceId: DEVICE_ID,
      dataDir: join(card, 'device'),
      mqttUrl,
      outboxMaxRecords: 500_000,
    } as AgentConfig,
    openSensing: (told) => {
      events = told;
      told.ready();
      return { sensors: ['sht31d-44'], silenceMs: 0, tell: () => {}, stop: async () => {} };
    },
    log: SILENT,
  });
  return {
    agent,
    given,
    measure: async (batches) => {
      for (let i = 0; i < batches; i++) {
        const drafts = draftsFrom(given.length, 1 + random.below(BATCH_MAX));
        given.push(...drafts);
        events?.records(drafts, BOOT_ID);
        await setImmediate();
      }
    },
  };
}

async function disturb(disk: SmallDisk, device: Device, batches: number, look: () => void): Promise<void> {
  await device.measure(batches);
  await disk.fill();
  await device.measure(batches);
  look();
  // What the agent gave up, or deleted, is taken, too.
  await disk.fill();
  await device.measure(batches);
  look();
  disk.free();
  await device.measure(batches);
}

async function deliver(device: Device, port: number, dataDir: string): Promise<void> {
  const broker = await startBroker(
    readBrokerConfig({
      MQTT_PORT: String(port),
      MQTT_DEVICE_MESSAGES_PER_S: '1000000',
      MQTT_DEVICE_BYTES_PER_S: '1000000000',
    }),
    SILENT,
  );
  const env = { HTTP_PORT: '0', JOSTLE_DATA_DIR: dataDir, MQTT_URL: `mqtt://127.0.0.1:${port}` };
  const service = await startService(readIngestConfig(env), SILENT, CLOCK);
  try {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ id: DEVICE_ID, name: DEVICE_ID });
    await fetch(`http://127.0.0.1:${service.httpPort}/api/v1/devices`, { method: 'POST', headers, body });
    const deadline = performance.now() + DELIVERY_LIMIT_MS;
    while (device.agent.status().backlog > 0 && performance.now() < deadline) await wait(50);
  } finally {
    await service.stop();
    await broker.stop();
  }
}

/** Every number of the epoch is stored or named, and as many are named as are missing. */
async function accountOf(
  dataDir: string,
  epoch: string,
  given: readonly RecordDraft[],
  wasBallastUsed: boolean,
): Promise<DrillResult> {
  const store = await openStore({ dataDir });
  const stored = (await storedRecords(store)).filter((record) => record.epoch === epoch);
  const dropped = await store.db.selectFrom('dropped').selectAll().where('epoch', '=', epoch).execute();
  await store.close();
  const hashes = new Set(stored.map(({ hash }) => hash));
  const missing = given.filter((draft) => !hashes.has(hashOf(draft)));
  const received = rangesOf(stored.map(({ seq }) => seq));
  const named = dropped.reduce<SeqRanges>((all, { from_seq, to_seq }) => addRange(all, from_seq, to_seq), []);
  const accounted = named.reduce<SeqRanges>((all, [from, to]) => addRange(all, from, to), received);
  const unsaid = countOf(missingFrom(accounted, 1, received.at(-1)?.[1] ?? 0));
  const gone = named.flatMap(([from, to]) => missingFrom(received, from, to));
  const { unnamed, overstated } = heldAgainst(gone, given, stored);
  const eventsGone = missing.filter(({ kind }) => kind !== 'climate').length;
  const id = (name: string) => `edge-disk-full.${name}`;
  return {
    generated: given.length,
    lost: unsaid + unnamed,
    twice: stored.length - hashes.size,
    others: [
      figure(id('dropped'), missing.length, 'records', 'Not stored by ingest, named by tombstones.'),
      figure(id('overstated'), overstated, 'records', 'Named and not missing.', {
        atMost: 0,
      }),
      figure(id('events-dropped'), eventsGone, 'records', 'Events among them.', { atMost: 0 }),
      figure(id('ballast'), wasBallastUsed ? 1 : 0, 'times', 'Whether the ballast was needed.', {
        atLeast: 1,
      }),
    ],
  };
}

/**
 * Seqs rise with what was measured: between two records that came through as many seqs must be named as records are
 * missing there, so that a tombstone in one place does not make up for a loss in another.
 *
 * @param gone seqs that are named and were not received
 */
function heldAgainst(
  gone: SeqRanges,
  given: readonly RecordDraft[],
  stored: readonly { hash: string; seq: number }[],
): { unnamed: number; overstated: number } {
  const seqs = new Map(stored.map(({ hash, seq }) => [hash, seq]));
  const account = { unnamed: 0, overstated: 0 };
  let before = 0;
  let missing = 0;
  const close = (seq: number) => {
    const ranges = gone.map(([from, to]) => [Math.max(from, before), Math.min(to, seq)] as const);
    const named = countOf(ranges.filter(([from, to]) => from <= to));
    account.unnamed += Math.max(0, missing - named);
    account.overstated += Math.max(0, named - missing);
    before = seq;
    missing = 0;
  };
  for (const draft of given) {
    const seq = seqs.get(hashOf(draft));
    if (seq === undefined) missing += 1;
    else close(seq);
  }
  close(Number.MAX_SAFE_INTEGER);
  return account;
}

function hashOf(draft: RecordDraft): string {
  return recordHash({ ...draft, seq: 0, bootId: BOOT_ID } as DeviceRecord);
}

function rangesOf(seqs: readonly number[]): SeqRanges {
  const ranges: [number, number][] = [];
  for (const seq of seqs.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}
