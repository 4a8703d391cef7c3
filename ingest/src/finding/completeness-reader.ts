import type { FindingCompleteness, MissingRecords } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { type Counts, sumOf, withCompleteness } from '../completeness/counts.ts';
import { completenessIn } from '../completeness/device-completeness.ts';
import { type PlacedGap, together } from '../completeness/gap-groups.ts';
import { IN_FLIGHT_MS } from '../completeness/gap-rules.ts';
import { type Interval, intersectionOf, unionOf } from '../correlation/intervals.ts';
import type { ObservationWindow, ReturnCase } from '../correlation/return-case.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';

/** Stretches of one device that are kept one by one; the rest is kept in one for each state and reason. */
const STRETCHES = 200;

/**
 * How much has come of what devices recorded, or may have, while they travelled along, and what has not. What is in
 * flight is counted apart and no gap, as everywhere.
 *
 * @param now ms since the epoch: what is missing for less than a message takes is in flight
 */
export async function readCompleteness(
  db: Kysely<Database>,
  windows: readonly ObservationWindow[],
  way: Interval,
  now: number,
): Promise<Pick<ReturnCase, 'completeness' | 'missing'>> {
  const parts: Counts[] = [];
  const devices: FindingCompleteness['devices'] = [];
  const missing: MissingRecords[] = [];
  for (const device of new Set(windows.map((window) => window.device))) {
    const own = unionOf(windows.filter((window) => window.device === device));
    const travelled = intersectionOf(own, [way]);
    if (travelled.length === 0) continue;
    const { counts, gaps, lastHeardAt } = await completenessIn(db, device, now, travelled);
    parts.push(counts);
    devices.push({
      device,
      ...withCompleteness(counts),
      silentFrom: silentFrom(travelled, lastHeardAt, now),
    });
    missing.push(...stretchesOf(device, gaps));
  }
  return {
    ...(devices.length > 0 && { completeness: { ...withCompleteness(sumOf(parts)), devices } }),
    ...(missing.length > 0 && { missing }),
  };
}

/**
 * From when on nothing was heard of a device, up to the end of its travel and since. A device that is on its way now may
 * have been silent for as long as a message takes.
 *
 * @param travelled sorted, at least one
 */
function silentFrom(travelled: readonly Interval[], lastHeardAt: number | null, now: number): string | null {
  const startsAt = travelled[0]?.startsAt ?? 0;
  const endsAt = travelled.at(-1)?.endsAt ?? 0;
  if (lastHeardAt !== null && lastHeardAt >= Math.min(endsAt, now - IN_FLIGHT_MS)) return null;
  return toInstant(Math.max(startsAt, lastHeardAt ?? 0));
}

/** The largest gaps one by one, so that a finding does not grow with the number of them, and the others in sums. */
function stretchesOf(device: string, gaps: readonly PlacedGap[]): MissingRecords[] {
  const stretches: MissingRecords[] = [];
  // Keyed by state and reason.
  const sums = new Map<string, PlacedGap>();
  const largest = gaps.toSorted((a, b) => b.records - a.records || a.fromSeq - b.fromSeq);
  for (const gap of largest) {
    if (!isMissing(gap)) continue;
    if (stretches.length < STRETCHES) {
      stretches.push(stretchOf(device, gap));
      continue;
    }
    const key = `${gap.state} ${gap.reason}`;
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? gap : together(sum, gap));
  }
  return [...stretches, ...[...sums.values()].filter(isMissing).map((sum) => stretchOf(device, sum))];
}

type MissingGap = PlacedGap & { state: MissingRecords['state'] };

function isMissing(gap: PlacedGap): gap is MissingGap {
  return gap.state !== 'in-flight';
}

function stretchOf(device: string, { records, state, reason, earliest, latest }: MissingGap): MissingRecords {
  return {
    ...{ device, records, state, reason },
    earliest: earliest === null ? null : toInstant(earliest),
    latest: latest === null ? null : toInstant(latest),
  };
}
