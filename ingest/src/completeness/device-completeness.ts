import type { DeviceCompleteness, RecordGap, ShipmentCompleteness } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { type Interval, unionOf } from '../correlation/intervals.ts';
import { readWay } from '../finding/way-reader.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import { type Counts, sumOf, withCompleteness } from './counts.ts';
import { type EpochGaps, readEpochs, readSteps } from './epoch-reading.ts';
import { groupedGaps, mostOf, type PlacedFragment, type PlacedGap } from './gap-groups.ts';
import { type Bounds, boundsFinder } from './gap-times.ts';
import { STEP_MS } from './reception-steps.ts';

/** The gaps that an answer names; those with the most records, where there are more. */
const GAPS_NAMED = 1000;

/** What there is of one device in a span: stored records whose time is known, those without, and what is missing. */
interface Findings {
  dated: number;
  undated: UndatedPart[];
  fragments: PlacedFragment[];
}

interface UndatedPart {
  epoch: string;
  fromSeq: number;
  records: number;
}

/**
 * How much of what a device recorded has come.
 *
 * @param now ms since the epoch: what is missing for less than a message takes is no gap
 * @param span null for all that it ever recorded; it is widened to whole steps
 */
export async function deviceCompleteness(
  db: Kysely<Database>,
  device: string,
  now: number,
  span: Interval | null,
): Promise<DeviceCompleteness> {
  const epochs = await readEpochs(db, device, now);
  const within = span === null ? null : wholeSteps(span);
  const found = await findingsIn(db, epochs, within);
  const counts = countsOf(found);
  // Of what was refused before a store kept each seq of it, some messages are known by their first one only.
  if (within === null)
    counts.refused = Math.max(
      counts.refused,
      epochs.reduce((sum, { account: { received, stored } }) => sum + Math.max(0, received - stored), 0),
    );
  return rowOf(device, within, counts, found);
}

/**
 * How much has come of what the devices recorded that travelled with a shipment, each while it did. There is a row for
 * each window of a device; what may have been made in several of them is in each of their rows, and once in the sums.
 */
export async function shipmentCompleteness(
  db: Kysely<Database>,
  shipment: string,
  now: number,
): Promise<ShipmentCompleteness> {
  const { windows } = await readWay(db, shipment);
  const devices: DeviceCompleteness[] = [];
  const parts: Counts[] = [];
  for (const device of [...new Set(windows.map((window) => window.device))].sort()) {
    const epochs = await readEpochs(db, device, now);
    const ofDevice: Findings[] = [];
    // Two windows in one step are one.
    for (const span of unionOf(windows.filter((window) => window.device === device).map(wholeSteps))) {
      const found = await findingsIn(db, epochs, span);
      ofDevice.push(found);
      devices.push(rowOf(device, span, countsOf(found), found));
    }
    parts.push(countsOf(joined(ofDevice)));
  }
  return { shipment, ...withCompleteness(sumOf(parts)), devices };
}

/**
 * What a device recorded in spans of time, or may have: counts, and the gaps with the records of one tombstone in one.
 *
 * @param now ms since the epoch: it parts what is late from what is in flight, and decides nothing else
 */
export async function completenessIn(
  db: Kysely<Database>,
  device: string,
  now: number,
  spans: readonly Interval[],
): Promise<{ counts: Counts; gaps: PlacedGap[]; lastHeardAt: number | null }> {
  const epochs = await readEpochs(db, device, now);
  const found: Findings[] = [];
  for (const span of unionOf(spans.map(wholeSteps))) found.push(await findingsIn(db, epochs, span));
  const all = joined(found);
  // They are by the time at which each was last heard.
  const lastHeardAt = epochs.at(-1)?.account.lastHeardAt ?? null;
  return { counts: countsOf(all), gaps: groupedGaps(all.fragments), lastHeardAt };
}

async function findingsIn(
  db: Kysely<Database>,
  epochs: readonly EpochGaps[],
  span: Interval | null,
): Promise<Findings> {
  const found: Findings = { dated: 0, undated: [], fragments: [] };
  for (const epoch of epochs) {
    const { dated, undated, fragments } = await examine(db, epoch, span);
    found.dated += dated;
    found.undated.push(...undated);
    found.fragments = found.fragments.concat(fragments);
  }
  return found;
}

async function examine(
  db: Kysely<Database>,
  { account, gaps }: EpochGaps,
  span: Interval | null,
): Promise<Findings> {
  const { epoch } = account;
  const steps = await readSteps(db, account, span);
  const boundsIn = boundsFinder(steps.dated, account.lastHeardAt);
  const fragments: PlacedFragment[] = [];
  for (const gap of gaps) {
    const bounds = boundsIn(gap);
    if (reachesInto(bounds, span))
      fragments.push({ ...gap, ...bounds, epoch, isPartial: !isInside(bounds, span) });
  }
  const undated = steps.undated
    .filter((part) => reachesInto(boundsIn(part), span))
    .map(({ fromSeq, records }) => ({ epoch, fromSeq, records }));
  return { dated: span === null ? account.stored - recordsOf(undated) : steps.inSpan, undated, fragments };
}

/** What was found in several spans that have no time in common, each thing once. */
function joined(found: readonly Findings[]): Findings {
  return {
    dated: found.reduce((sum, { dated }) => sum + dated, 0),
    undated: onceEach(found.flatMap(({ undated }) => undated)),
    fragments: onceEach(found.flatMap(({ fragments }) => fragments)),
  };
}

/** Of the same outbox no two begin at the same seq. */
function onceEach<T extends { epoch: string; fromSeq: number }>(found: readonly T[]): T[] {
  return [...new Map(found.map((one) => [`${one.epoch}/${one.fromSeq}`, one])).values()];
}

function recordsOf(parts: readonly UndatedPart[]): number {
  return parts.reduce((sum, { records }) => sum + records, 0);
}

function countsOf({ dated, undated, fragments }: Findings): Counts {
  const counts: Counts = { stored: 0, late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0, undated: 0 };
  counts.undated = recordsOf(undated);
  counts.stored = dated + counts.undated;
  for (const { state, fromSeq, toSeq } of fragments)
    counts[state === 'in-flight' ? 'inFlight' : state] += toSeq - fromSeq + 1;
  return counts;
}

function rowOf(
  device: string,
  span: Interval | null,
  counts: Counts,
  { fragments }: Findings,
): DeviceCompleteness {
  const gaps = groupedGaps(fragments).filter(({ state }) => state !== 'in-flight');
  return {
    device,
    from: span === null ? null : instantOrNull(span.startsAt),
    to: span === null ? null : instantOrNull(span.endsAt),
    ...withCompleteness(counts),
    gapCount: gaps.length,
    gaps: mostOf(gaps, GAPS_NAMED).flatMap((gap) =>
      gap.state === 'in-flight' ? [] : [gapInRest(gap, gap.state)],
    ),
  };
}

function wholeSteps({ startsAt, endsAt }: Interval): Interval {
  const end = Math.ceil(endsAt / STEP_MS) * STEP_MS;
  return {
    startsAt: Math.floor(startsAt / STEP_MS) * STEP_MS,
    endsAt: Math.min(end, Number.MAX_SAFE_INTEGER),
  };
}

function reachesInto({ earliest, latest }: Bounds, span: Interval | null): boolean {
  if (span === null) return true;
  return (
    (earliest ?? Number.NEGATIVE_INFINITY) < span.endsAt &&
    (latest ?? Number.POSITIVE_INFINITY) >= span.startsAt
  );
}

function isInside({ earliest, latest }: Bounds, span: Interval | null): boolean {
  if (span === null) return true;
  return earliest !== null && latest !== null && earliest >= span.startsAt && latest < span.endsAt;
}

function gapInRest(gap: PlacedGap, state: RecordGap['state']): RecordGap {
  const { epoch, fromSeq, toSeq, records, reason, earliest, latest, isPartial } = gap;
  return {
    ...{ epoch, fromSeq, toSeq, records, state, reason },
    earliest: instantOrNull(earliest),
    latest: instantOrNull(latest),
    isPartial,
  };
}

/** Beyond the calendar there is no limit. */
function instantOrNull(ms: number | null): string | null {
  return ms === null || Math.abs(ms) > 8.64e15 ? null : toInstant(ms);
}
