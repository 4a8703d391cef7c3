import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type DeviceRecord, isEventKind, type RecordDraft } from '@jostle/contracts';
import { type AgentConfig, runAgentOn, type SensingEvents } from '@jostle/edge/agent';
import { Outbox } from '@jostle/edge/outbox';
import { freePort } from '@jostle/ingest/testing';
import { figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf, type GeneratedRecord } from '../support/account.ts';
import { NO_PACE } from '../support/pace.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite, SILENT } from '../support/site.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { heldRecords } from './held-records.ts';
import { placedRecords } from './placed-records.ts';
import { BOOT_ID, draftsFrom } from './readings.ts';

const DEVICE_ID = 'BOX-A';
const BATCH_MAX = 40;
/**
 * `phase` is how many batches there are before the disk is full, while it is, and after. In the long form the outbox,
 * which delivers nothing, comes to the end of the disk by itself, too.
 */
const DISK_MB = 10;
const SHORT = { rounds: 2, phase: 60 };
const LONG = { rounds: 10, phase: 200 };
const SETTLE_MS = 600_000;
/** A disk with room again is used again within this. */
const ROOM_MS = 10_000;

/** Another process fills the disk of a device that has no network; then there is room again, and then a network. */
export const edgeDiskFull: Drill = {
  name: 'edge-disk-full',
  about: 'Another process fills the disk of a device that is offline; then room comes back, and the network.',
  parts: 'an agent without sensors, then broker and ingest, in one process',
  needs: ['mount'],
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const { rounds, phase } = isLong ? LONG : SHORT;
  const disk = mountSmallDisk(join(folder, 'card'), DISK_MB);
  try {
    const port = await freePort();
    const device = startDevice(disk.path, `mqtt://127.0.0.1:${port}`, seededRandom(seed));
    const disturbances: Disturbance[] = [];
    for (let round = 1; round <= rounds; round++) {
      disturbances.push(await disturb(disk, device, phase));
      progress(`round ${round} of ${rounds}: ${device.given.length} records so far`);
    }
    const outcome = outcomeOf(device, join(folder, 'copy'));
    const from = performance.now();
    const place = await deliver(device, port, folder);
    const recoveryMs = performance.now() - from;
    await device.agent.stop();
    const { generated, lost, twice } = await accountOf(place, outcome.generated);
    return { generated, lost, twice, recoveryMs, others: figures(outcome, disturbances) };
  } finally {
    disk.unmount();
  }
}

interface Device {
  agent: ReturnType<typeof runAgentOn>;
  /** Its folder on the card. */
  dataDir: string;
  /** Everything that its sensors gave, whether it could be stored or not. */
  given: RecordDraft[];
  measure(batches: number): Promise<void>;
}

function startDevice(card: string, mqttUrl: string, random: SeededRandom): Device {
  let events: SensingEvents | undefined;
  const given: RecordDraft[] = [];
  const dataDir = join(card, 'device');
  const agent = runAgentOn({
    config: { deviceId: DEVICE_ID, dataDir, mqttUrl, outboxMaxRecords: 500_000 } as AgentConfig,
    openSensing: (told) => {
      events = told;
      told.ready();
      return { sensors: ['sht31d-44'], silenceMs: 0, tell: () => {}, stop: async () => {} };
    },
    log: SILENT,
  });
  return {
    agent,
    dataDir,
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

interface Disturbance {
  wasBallastUsed: boolean;
  /** From the moment there was room until nothing waited in memory any more. */
  roomMs: number;
}

async function disturb(disk: SmallDisk, device: Device, batches: number): Promise<Disturbance> {
  const hasNoBallast = () => !device.agent.status().hasBallast;
  await device.measure(batches);
  await disk.fill();
  await device.measure(batches);
  let wasBallastUsed = hasNoBallast();
  // What the agent gave up, or deleted, is taken, too.
  await disk.fill();
  await device.measure(batches);
  wasBallastUsed ||= hasNoBallast();
  disk.free();
  const from = performance.now();
  await awaited('the storing of what waits', SETTLE_MS, async () => {
    // The agent tries again with the next records.
    await device.measure(1);
    return device.agent.status().unstored === 0;
  });
  const roomMs = performance.now() - from;
  await device.measure(batches);
  return { wasBallastUsed, roomMs };
}

interface Outcome {
  generated: readonly GeneratedRecord[];
  /** What had to go. */
  gone: readonly RecordDraft[];
  /** Seqs that tombstones name, and that neither went nor are there. */
  overstated: number;
}

/** What became of everything that was given, by a copy of the outbox before it has delivered any of it. */
function outcomeOf({ dataDir, given }: Device, copy: string): Outcome {
  // Sockets cannot be copied.
  cpSync(dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const outbox = new Outbox({ path: join(copy, 'outbox.db'), log: SILENT, maxRecords: 500_000 });
  try {
    const { epoch } = outbox;
    const held = heldRecords(outbox);
    const generated = placedRecords(given, { deviceId: DEVICE_ID, epoch, bootId: BOOT_ID, held });
    const seqs = generated.map(({ identity }) => identity?.seq ?? 0);
    const there = new Set(held.map(({ seq }) => seq));
    const gone = given.filter((_, i) => !there.has(seqs[i] ?? 0));
    const known = new Set([...there, ...seqs]);
    const overstated = namedSeqs(held).filter((seq) => !known.has(seq)).length;
    return { generated, gone, overstated };
  } finally {
    outbox.close();
  }
}

function namedSeqs(held: readonly DeviceRecord[]): number[] {
  const seqs = new Set<number>();
  for (const { kind, body } of held)
    if (kind === 'tombstone') for (let seq = body.fromSeq; seq <= body.toSeq; seq++) seqs.add(seq);
  return [...seqs];
}

/** Until a broker and ingest, both new, have all that the device holds. */
async function deliver({ agent }: Device, port: number, folder: string): Promise<{ dataDir: string }> {
  const site = await openSite({ folder, brokerEnv: { ...NO_PACE, MQTT_PORT: `${port}` } });
  try {
    await site.register([DEVICE_ID]);
    await awaited('the last receipt', SETTLE_MS, () => agent.status().backlog === 0);
    return site;
  } finally {
    await site.stop();
  }
}

function figures({ gone, overstated }: Outcome, disturbances: readonly Disturbance[]) {
  const id = (name: string) => `edge-disk-full.${name}`;
  const none = { atMost: 0 };
  const events = gone.filter(({ kind }) => isEventKind(kind)).length;
  const uses = disturbances.filter(({ wasBallastUsed }) => wasBallastUsed).length;
  const roomMs = Math.max(...disturbances.map((one) => one.roomMs));
  const how = 'From the moment there was room until nothing waited in memory; the slowest time.';
  return [
    figure(id('room'), roomMs, 'ms', how, { atMost: ROOM_MS }),
    figure(id('dropped'), gone.length, 'records', 'Had to go; a tombstone names them, or they are lost.'),
    figure(id('overstated'), overstated, 'records', 'Named and not missing.', none),
    figure(id('events-dropped'), events, 'records', 'Events among the dropped.', none),
    figure(id('ballast'), uses, 'times', 'The ballast was needed.', { atLeast: 1 }),
  ];
}
