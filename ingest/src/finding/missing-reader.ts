import type { MissingRecords } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { gapsIn } from '../completeness/device-completeness.ts';
import { type Interval, intersectionOf, unionOf } from '../correlation/intervals.ts';
import type { ObservationWindow, ReturnCase } from '../correlation/return-case.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';

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
    const [first] = intersectionOf(own, [way]);
    const last = intersectionOf(own, [way]).at(-1);
    if (first === undefined || last === undefined) continue;
    const span = { startsAt: first.startsAt, endsAt: last.endsAt };
    // Whether they are late or on their way makes no difference here, so neither does the time.
    for (const { state, reason, fromSeq, toSeq, earliest, latest } of await gapsIn(db, device, 0, span))
      if (state === 'dropped' || state === 'lost')
        missing.push({
          ...{ device, records: toSeq - fromSeq + 1, state, reason },
          earliest: earliest === null ? null : toInstant(earliest),
          latest: latest === null ? null : toInstant(latest),
        });
  }
  return missing.length === 0 ? {} : { missing };
}
