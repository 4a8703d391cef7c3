import type { DeviceRecord } from '@jostle/contracts';
import type { Selectable, Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertRows, selectByKeys } from '../store/row-sets.ts';
import { type BootTables, OPEN_BOOT } from './boot-tables.ts';
import type { Anchor, BootTimeline } from './placement.ts';

export interface EpochOfDevice {
  deviceId: string;
  epoch: string;
}

export type BootRow = Selectable<BootTables['boot']>;

/** What a batch tells of the boots of one epoch. */
export interface BootNews extends EpochOfDevice {
  /** The records that are new, in runs of one boot and one message. */
  runs: readonly ReceivedRecords[];
  /** One for each message of a boot that was still running. */
  sent: readonly { bootId: string; monotonicMs: number; receivedAt: number }[];
}

/** The receipt is that of their own message: by one before it they would lie earlier than they can have been made. */
interface ReceivedRecords {
  records: readonly DeviceRecord[];
  /** ms. */
  receivedAt: number;
}

/** What is known of a boot after a batch. */
export interface NotedBoot extends BootTimeline {
  row: BootRow;
  /** What was known of it before the batch. */
  before: BootTimeline;
  /** The batch moved its line: rows that are stored already may lie elsewhere now. */
  isMoved: boolean;
}

/** A message that was faster than all before it moves the line of its boot only if it was so by this, ms. */
const HEARD_STEP_MS = 500;

/** What the batch tells of one boot. */
interface BootSighting {
  news: BootNews;
  bootId: string;
  runs: ReceivedRecords[];
  anchors: AnchorRecord[];
}

type AnchorRecord = Extract<DeviceRecord, { kind: 'anchor' }>;

/** Names a boot; none of its parts can hold a slash. */
export function bootKey({ deviceId, epoch }: EpochOfDevice, bootId: string): string {
  return `${deviceId}/${epoch}/${bootId}`;
}

/** Notes what a batch tells of boots. @returns the boots that it touches, by `bootKey` */
export async function noteBoots(
  trx: Transaction<Database>,
  engine: Engine,
  news: readonly BootNews[],
): Promise<Map<string, NotedBoot>> {
  const sightings = news.flatMap(sightingsOf);
  const keys = sightings.map(({ news, bootId }) => ({
    device_id: news.deviceId,
    epoch: news.epoch,
    boot_id: bootId,
  }));
  const known = new Map<string, BootRow>();
  for (const row of await selectByKeys(trx, engine, 'boot', BOOT_COLUMNS, keys))
    known.set(keyOfRow(row), row);
  const anchorsBefore = await knownAnchors(
    trx,
    engine,
    keys.filter((key) => known.get(keyOfRow(key))?.is_anchored === 1),
  );
  const noted = new Map<string, NotedBoot>();
  const written: BootRow[] = [];
  for (const sighting of sightings) {
    const key = bootKey(sighting.news, sighting.bootId);
    const old = known.get(key);
    const row = bootRow(sighting, old);
    if (row === undefined) continue;
    noted.set(key, notedBoot(sighting, row, old, anchorsBefore.get(key) ?? []));
    if (!isSame(row, old)) written.push(row);
  }
  await insertAnchors(trx, engine, sightings);
  await insertRows(trx, engine, 'boot', written, BOOT_UPDATE);
  return noted;
}

/** Boots that can only be bounded, of some epochs. */
export function openBoots(
  trx: Transaction<Database>,
  engine: Engine,
  epochs: readonly EpochOfDevice[],
): Promise<BootRow[]> {
  const keys = epochs.map(({ deviceId, epoch }) => ({ device_id: deviceId, epoch }));
  return selectByKeys(trx, engine, 'boot', BOOT_COLUMNS, keys, OPEN_BOOT);
}

function sightingsOf(news: BootNews): BootSighting[] {
  // Keyed by boot id.
  const sightings = new Map<string, BootSighting>();
  const sightingOf = (bootId: string) => {
    const sighting = sightings.get(bootId) ?? { news, bootId, runs: [], anchors: [] };
    sightings.set(bootId, sighting);
    return sighting;
  };
  for (const run of news.runs) {
    const [first] = run.records;
    // A boot that the device does not know any more has no clock.
    if (first === undefined || first.bootNumber === 0) continue;
    const sighting = sightingOf(first.bootId);
    sighting.runs.push(run);
    for (const record of run.records) if (isAnchor(record)) sighting.anchors.push(record);
  }
  for (const { bootId } of news.sent) sightingOf(bootId);
  return [...sightings.values()];
}

function notedBoot(
  sighting: BootSighting,
  row: BootRow,
  old: BootRow | undefined,
  anchorsBefore: readonly AnchorRow[],
): NotedBoot {
  const fresh = sighting.anchors.filter(({ seq }) => !anchorsBefore.some((anchor) => anchor.seq === seq));
  const before = anchorsBefore.map(anchorOf);
  const heardBefore = old?.heard_offset_ms ?? null;
  const isHeardAnew = row.has_unsynced === 1 && row.heard_offset_ms !== heardBefore;
  return {
    row,
    before: { anchors: before.toSorted(byMonotonic), heardOffsetMs: heardBefore },
    anchors: [...before, ...fresh.map(({ body }) => body)].toSorted(byMonotonic),
    heardOffsetMs: row.heard_offset_ms,
    isMoved: old !== undefined && (isHeardAnew || sighting.anchors.length > 0),
  };
}

function isAnchor(record: DeviceRecord): record is AnchorRecord {
  return record.kind === 'anchor' && record.body.source === 'ntp';
}

function bootRow(
  { news, bootId, runs, anchors }: BootSighting,
  old: BootRow | undefined,
): BootRow | undefined {
  if (old === undefined && runs.length === 0) return undefined;
  const { deviceId, epoch, sent } = news;
  const row: BootRow = old === undefined ? unseenBoot(deviceId, epoch, bootId) : { ...old };
  row.boot_number = runs[0]?.records[0]?.bootNumber ?? row.boot_number;
  for (const { records, receivedAt } of runs) {
    let lastMono = Number.NEGATIVE_INFINITY;
    row.first_seq = Math.min(row.first_seq, records[0]?.seq ?? row.first_seq);
    row.last_seq = Math.max(row.last_seq, records.at(-1)?.seq ?? row.last_seq);
    for (const { monotonicMs, clockQuality } of records) {
      if (monotonicMs < row.first_mono_ms) row.first_mono_ms = monotonicMs;
      if (monotonicMs > lastMono) lastMono = monotonicMs;
      if (clockQuality !== 'ntp') row.has_unsynced = 1;
    }
    row.last_mono_ms = Math.max(row.last_mono_ms, lastMono);
    row.received_offset_ms = Math.min(row.received_offset_ms, receivedAt - lastMono);
  }
  if (anchors.length > 0) row.is_anchored = 1;
  const heard = sent.flatMap((s) => (s.bootId === bootId ? s.receivedAt - s.monotonicMs : []));
  const heardOffset = Math.min(...heard, Number.POSITIVE_INFINITY);
  if (heardOffset < (row.heard_offset_ms ?? Number.POSITIVE_INFINITY) - HEARD_STEP_MS)
    row.heard_offset_ms = heardOffset;
  return row;
}

function unseenBoot(device_id: string, epoch: string, boot_id: string): BootRow {
  return {
    device_id,
    epoch,
    boot_id,
    boot_number: null,
    first_seq: Number.POSITIVE_INFINITY,
    last_seq: 0,
    first_mono_ms: Number.POSITIVE_INFINITY,
    last_mono_ms: Number.NEGATIVE_INFINITY,
    has_unsynced: 0,
    is_anchored: 0,
    heard_offset_ms: null,
    received_offset_ms: Number.POSITIVE_INFINITY,
    earliest_offset_ms: null,
    latest_offset_ms: null,
  };
}

const BOOT_COLUMNS = Object.keys(unseenBoot('', '', '')) as (keyof BootRow)[];
const BOOT_KEY = ['device_id', 'epoch', 'boot_id'] as const satisfies (keyof BootRow)[];
const BOOT_UPDATE = `on conflict (${BOOT_KEY.join(', ')}) do update set ${BOOT_COLUMNS.slice(BOOT_KEY.length)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`;

function isSame(row: BootRow, old: BootRow | undefined): boolean {
  return old !== undefined && BOOT_COLUMNS.every((column) => row[column] === old[column]);
}

async function insertAnchors(
  trx: Transaction<Database>,
  engine: Engine,
  sightings: readonly BootSighting[],
): Promise<void> {
  const rows = sightings.flatMap(({ news, bootId, anchors }) =>
    anchors.map(({ seq, body }) => ({
      device_id: news.deviceId,
      epoch: news.epoch,
      seq,
      boot_id: bootId,
      mono_ms: body.monotonicMs,
      wall_ms: body.wallMs,
    })),
  );
  await insertRows(trx, engine, 'clock_anchor', rows, 'on conflict do nothing');
}

/** Keyed by boot. */
async function knownAnchors(
  trx: Transaction<Database>,
  engine: Engine,
  boots: readonly Pick<BootRow, 'device_id' | 'epoch' | 'boot_id'>[],
): Promise<Map<string, AnchorRow[]>> {
  const anchors = new Map<string, AnchorRow[]>();
  for (const row of await selectByKeys(trx, engine, 'clock_anchor', ANCHOR_COLUMNS, boots)) {
    const key = keyOfRow(row);
    const own = anchors.get(key);
    if (own === undefined) anchors.set(key, [row]);
    else own.push(row);
  }
  return anchors;
}

type AnchorRow = Selectable<BootTables['clock_anchor']>;
const ANCHOR_COLUMNS = ['device_id', 'epoch', 'seq', 'boot_id', 'mono_ms', 'wall_ms'] as const;

function keyOfRow(row: Pick<BootRow, 'device_id' | 'epoch' | 'boot_id'>): string {
  return bootKey({ deviceId: row.device_id, epoch: row.epoch }, row.boot_id);
}

function anchorOf({ mono_ms, wall_ms }: AnchorRow): Anchor {
  return { monotonicMs: mono_ms, wallMs: wall_ms };
}

function byMonotonic(a: Anchor, b: Anchor): number {
  return a.monotonicMs - b.monotonicMs || a.wallMs - b.wallMs;
}
