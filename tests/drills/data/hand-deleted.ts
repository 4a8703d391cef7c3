import type { Alert, DeviceCompleteness } from '@jostle/contracts';
import type { OpenLink } from '@jostle/edge/uplink';
import { figure } from '../../figures/figure.ts';
import { deleteFromOutbox } from '../../support/outbox-file.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf, type GeneratedRecord } from '../support/account.ts';
import { draftsFrom } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite, type Site } from '../support/site.ts';

const DEVICES = 5;
const ROUNDS = 10;
/** With 20 rows a round: of a device the API names 1,000 gaps, and counts the others. */
const LONG_ROUNDS = 45;
const PER_APPEND = 20;
const APPENDS = 15;
/** Rows of one device that go in one round: 1,000 in all of a run. */
const DELETED_A_ROUND = 20;
/** A round makes 320 records. */
const SMALL_OUTBOX = 200;
const LARGE_OUTBOX = 500_000;
const DELAY_MS = 100;
/** How long it may take until the last of them is told. */
const TOLD_MS = 120_000;
const SETTLE_MS = 60_000;

export const handDeleted: Drill = {
  name: 'hand-deleted',
  about:
    'Between deliveries a hand deletes 1,000 rows from the outboxes of five devices; the rest is delivered.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run: (options) => run(options, { deletedARound: DELETED_A_ROUND, maxRecords: LARGE_OUTBOX }),
};

export const cleanRun: Drill = {
  name: 'clean-run',
  about:
    'The same deliveries with nothing deleted, from outboxes so small that they drop records and say so: nobody may be alarmed.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run: (options) => run(options, { deletedARound: 0, maxRecords: SMALL_OUTBOX }),
};

async function run(options: DrillOptions, extent: Extent): Promise<DrillResult> {
  const { deletedARound, maxRecords } = extent;
  const { seed, isLong, folder, progress } = options;
  const random = seededRandom(seed);
  const site = await openSite({ folder });
  const ids = Array.from({ length: DEVICES }, (_, i) => `HAND-${i + 1}`);
  await site.register(ids);
  const rounds = isLong ? LONG_ROUNDS : ROUNDS;
  const load = { folder, mqttUrl: site.mqttUrl, rounds, deletedARound, maxRecords };
  const histories = await Promise.all(ids.map((id) => deliver(id, load, random.fork())));
  const deleted = histories.reduce((sum, history) => sum + history.deleted.size, 0);
  progress(`${deleted} rows were deleted`);

  // Nothing else needs to be awaited: what is lost is decided, and its alert written, in the transaction that stores a
  // batch, whose receipts come after it (docs/adr/013). What was still on its way is judged when ingest has stopped.
  const start = performance.now();
  const tell = async () => (await reportedLost(site, ids)).length;
  await awaited('the report of what was deleted', TOLD_MS, async () => (await tell()) >= deleted);
  const toldMs = performance.now() - start;
  const reported = await reportedLost(site, ids);
  const gone = new Set(
    histories.flatMap(({ deviceId, deleted: seqs }) => [...seqs].map((seq) => `${deviceId} ${seq}`)),
  );
  const alerts = await alertsOf(site, ids);
  await site.stop();
  const kept = histories.flatMap(({ generated, deleted: seqs }) =>
    generated.filter(({ identity }) => !seqs.has(identity?.seq ?? 0)),
  );
  const falsely = reported.filter((one) => !gone.has(one)).length;
  const { dropped, alerts: raised, ...account } = await accountOf(site, kept);
  const others =
    deletedARound === 0
      ? cleanFigures(falsely, raised)
      : deletedFigures(gone, reported, falsely, alerts, DEVICES * rounds * deletedARound);
  const name = deletedARound === 0 ? cleanRun.name : handDeleted.name;
  const how = 'From the last receipt until the API told of everything that is missing.';
  const told = figure(`${name}.told`, toldMs, 'ms', how, { atMost: TOLD_MS });
  const droppedFigure = figure(`${name}.dropped`, dropped, 'records', 'Named by tombstones.');
  return { ...account, others: [...others, told, droppedFigure] };
}

function deletedFigures(
  gone: ReadonlySet<string>,
  reported: readonly string[],
  falsely: number,
  alerts: readonly Alert[],
  planned: number,
) {
  const told = new Set(reported);
  const untold = [...gone].filter((one) => !told.has(one)).length;
  const alerted = alerts.filter(({ kind }) => kind === 'lost').reduce((sum, { records }) => sum + records, 0);
  return [
    figure('hand-deleted.deleted', gone.size, 'records', 'Taken out of the files.', { atLeast: planned }),
    figure('hand-deleted.untold', untold, 'records', 'Deleted, and not reported as lost.', { atMost: 0 }),
    figure('hand-deleted.false', falsely, 'records', 'Reported as lost, and not deleted.', { atMost: 0 }),
    figure('hand-deleted.alerted', alerted, 'records', 'In the alerts that were raised.', {
      atLeast: gone.size,
    }),
  ];
}

/** @param raised alerts in the store of an ingest that has stopped */
function cleanFigures(falsely: number, raised: number) {
  return [
    figure('clean-run.false', falsely, 'records', 'Reported as lost.', { atMost: 0 }),
    figure('clean-run.alerts', raised, 'alerts', 'Of any kind.', { atMost: 0 }),
  ];
}

interface Extent {
  deletedARound: number;
  /** In an outbox, before it drops routine ones. */
  maxRecords: number;
}

interface Load extends Extent {
  folder: string;
  mqttUrl: string;
  rounds: number;
}

interface History {
  deviceId: string;
  generated: GeneratedRecord[];
  /** Their seqs. */
  deleted: ReadonlySet<number>;
}

/** Fills an outbox, has rows deleted while nobody has it open, and delivers all of the rest or some of it, in turns. */
async function deliver(deviceId: string, load: Load, random: SeededRandom): Promise<History> {
  const { folder, mqttUrl, rounds, deletedARound, maxRecords } = load;
  const disturb = (open: OpenLink) => delayed(open, random);
  const open = () => new DrillDevice({ deviceId, folder, mqttUrl, random, maxRecords, disturb });
  const generated: GeneratedRecord[] = [];
  const deleted = new Set<number>();
  let n = 1;
  const append = (device: DrillDevice) => {
    device.append(draftsFrom(n, PER_APPEND));
    n += PER_APPEND;
  };
  for (let round = 0; round < rounds; round++) {
    const full = open();
    for (let i = 0; i < APPENDS; i++) append(full);
    await full.close();
    generated.push(...full.generated);
    const chosen = random.shuffled(full.generated).slice(0, deletedARound);
    const seqs = chosen.flatMap(({ identity }) => identity?.seq ?? []);
    for (const seq of seqs) deleted.add(seq);
    deleteFromOutbox(full.path, seqs);

    const device = open();
    device.connect();
    append(device);
    const enough = random.chance(0.5) ? 0 : random.below(device.backlog);
    await awaited('receipts', SETTLE_MS, () => device.backlog <= enough);
    await device.close();
    generated.push(...device.generated);
  }
  await deliverRest(open(), append, generated);
  return { deviceId, generated, deleted };
}

/** Messages overtake each other, as they do where a broker or several workers stand between. */
function delayed(open: OpenLink, random: SeededRandom): OpenLink {
  return (events) => {
    const link = open(events);
    return {
      publish: (channel, payload) => {
        setTimeout(() => link.publish(channel, payload), random.below(DELAY_MS));
      },
      unsentBytes: () => link.unsentBytes(),
      close: (lastStatus) => link.close(lastStatus),
    };
  };
}

async function deliverRest(
  device: DrillDevice,
  append: (device: DrillDevice) => void,
  generated: GeneratedRecord[],
) {
  device.connect();
  await awaited('the last receipts', SETTLE_MS, () => device.isUp && device.backlog === 0);
  // What it holds now is said with this one.
  append(device);
  await awaited('the very last receipt', SETTLE_MS, () => device.backlog === 0);
  generated.push(...device.generated);
  await device.close();
}

/** Device and seq of every record that the API calls lost. */
async function reportedLost({ httpPort }: Site, ids: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const id of ids) {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/api/v1/devices/${id}/completeness`);
    const { gaps } = (await answer.json()) as DeviceCompleteness;
    for (const { fromSeq, toSeq, state } of gaps)
      if (state === 'lost') for (let seq = fromSeq; seq <= toSeq; seq++) lost.push(`${id} ${seq}`);
  }
  return lost;
}

async function alertsOf({ httpPort }: Site, ids: readonly string[]): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (const id of ids) {
    let after: string | null = '';
    while (after !== null) {
      const from: string = after === '' ? '' : `&after=${after}`;
      const answer = await fetch(`http://127.0.0.1:${httpPort}/api/v1/alerts?limit=200&device=${id}${from}`);
      const page = (await answer.json()) as { items: Alert[]; next: string | null };
      alerts.push(...page.items);
      after = page.next;
    }
  }
  return alerts;
}
