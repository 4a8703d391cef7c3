import type { DeviceCompleteness, RecordGap, ShipmentCompleteness } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { type Interval, unionOf } from '../correlation/intervals.ts';
import { readWay } from '../finding/way-reader.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import { type EpochGaps, readEpochs, readSteps } from './epoch-reading.ts';
import type { SeqGap } from './gap-states.ts';
import { type Bounds, boundsOf } from './gap-times.ts';
import { STEP_MS } from './reception-steps.ts';

/** A gap of one outbox and when it was made. */
export interface PlacedGap extends SeqGap, Bounds {
  epoch: string;
  isPartial: boolean;
}

type Counts = Omit<ShipmentCompleteness, 'shipment' | 'devices' | 'completeness'>;

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
  const within = span === null ? null : wholeSteps(span);
  const counts: Counts = { stored: 0, late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0, undated: 0 };
  const gaps: RecordGap[] = [];
  for (const epoch of await readEpochs(db, device, now)) {
    const { placed, stored, undated } = await examine(db, epoch, within);
    counts.stored += stored;
    counts.undated += undated;
    for (const gap of placed) {
      const records = gap.toSeq - gap.fromSeq + 1;
      if (gap.state === 'in-flight') counts.inFlight += records;
      else {
        counts[gap.state] += records;
        gaps.push(gapInRest(gap, gap.state));
      }
    }
    // A message that could not be read at all may have held more than the one seq by which it is known.
    if (within === null)
      counts.refused = Math.max(counts.refused, epoch.account.received - epoch.account.stored);
  }
  return {
    device,
    from: within === null ? null : instantOrNull(within.startsAt),
    to: within === null ? null : instantOrNull(within.endsAt),
    completeness: completenessOf(counts),
    ...counts,
    gaps,
  };
}

/** How much has come of what the devices recorded that travelled with a shipment, each while it did. */
export async function shipmentCompleteness(
  db: Kysely<Database>,
  shipment: string,
  now: number,
): Promise<ShipmentCompleteness> {
  const { windows } = await readWay(db, shipment);
  const devices: DeviceCompleteness[] = [];
  // Two windows in one step are one.
  for (const device of [...new Set(windows.map((window) => window.device))].sort())
    for (const span of unionOf(windows.filter((window) => window.device === device).map(wholeSteps)))
      devices.push(await deviceCompleteness(db, device, now, span));
  const sum = (key: keyof Counts) => devices.reduce((total, one) => total + one[key], 0);
  const counts: Counts = {
    ...{ stored: sum('stored'), late: sum('late'), dropped: sum('dropped'), refused: sum('refused') },
    ...{ lost: sum('lost'), inFlight: sum('inFlight'), undated: sum('undated') },
  };
  return { shipment, completeness: completenessOf(counts), ...counts, devices };
}

/** The gaps of a device that lie in a span, or may. */
export async function gapsIn(
  db: Kysely<Database>,
  device: string,
  now: number,
  span: Interval,
): Promise<PlacedGap[]> {
  const placed: PlacedGap[] = [];
  for (const epoch of await readEpochs(db, device, now))
    if (epoch.gaps.length > 0) placed.push(...(await examine(db, epoch, wholeSteps(span))).placed);
  return placed;
}

async function examine(
  db: Kysely<Database>,
  { account, gaps }: EpochGaps,
  span: Interval | null,
): Promise<{ placed: PlacedGap[]; stored: number; undated: number }> {
  const steps = await readSteps(db, account, span);
  const boundsIn = (seqs: { fromSeq: number; toSeq: number }) =>
    boundsOf(seqs, steps.dated, account.lastHeardAt);
  const placed = gaps
    .map((gap) => ({ ...gap, ...boundsIn(gap), epoch: account.epoch }))
    .filter((gap) => reachesInto(gap, span))
    .map((gap) => ({ ...gap, isPartial: !isInside(gap, span) }));
  const undated = steps.undated
    .filter((part) => reachesInto(boundsIn(part), span))
    .reduce((sum, { records }) => sum + records, 0);
  return { placed, undated, stored: span === null ? account.stored : steps.inSpan + undated };
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

function completenessOf({ stored, late, refused, lost }: Counts): number | null {
  const expected = stored + late + refused + lost;
  return expected === 0 ? null : stored / expected;
}

function gapInRest(gap: PlacedGap, state: RecordGap['state']): RecordGap {
  const { epoch, fromSeq, toSeq, reason, earliest, latest, isPartial } = gap;
  return {
    ...{ epoch, fromSeq, toSeq, state, reason },
    earliest: instantOrNull(earliest),
    latest: instantOrNull(latest),
    isPartial,
  };
}

/** Beyond the calendar there is no limit. */
function instantOrNull(ms: number | null): string | null {
  return ms === null || Math.abs(ms) > 8.64e15 ? null : toInstant(ms);
}
