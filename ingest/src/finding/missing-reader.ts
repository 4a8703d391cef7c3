import type { MissingRecords } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { completenessIn } from '../completeness/device-completeness.ts';
import { type PlacedGap, together } from '../completeness/gap-groups.ts';
import { type Interval, intersectionOf, unionOf } from '../correlation/intervals.ts';
import type { ObservationWindow, ReturnCase } from '../correlation/return-case.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';

/** Stretches of one device that are kept one by one; the rest is kept in one for each state and reason. */
const STRETCHES = 200;

/**
 * Records of devices that will not come and that were made, or may have been, while they travelled along. What is only
 * late is left out: it comes, and then there is another finding.
 */
export async function readMissing(
  db: Kysely<Database>,
  windows: readonly ObservationWindow[],
  way: Interval,
): Promise<Pick<ReturnCase, 'missing'>> {
  const missing: MissingRecords[] = [];
  for (const device of new Set(windows.map((window) => window.device))) {
    const own = unionOf(windows.filter((window) => window.device === device));
    const travelled = intersectionOf(own, [way]);
    if (travelled.length === 0) continue;
    // Whether they are late or on their way makes no difference here, so neither does the time.
    const { gaps } = await completenessIn(db, device, 0, travelled);
    missing.push(...stretchesOf(device, gaps));
  }
  return missing.length === 0 ? {} : { missing };
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
  return gap.state !== 'in-flight' && gap.state !== 'late';
}

function stretchOf(device: string, { records, state, reason, earliest, latest }: MissingGap): MissingRecords {
  return {
    ...{ device, records, state, reason },
    earliest: earliest === null ? null : toInstant(earliest),
    latest: latest === null ? null : toInstant(latest),
  };
}
