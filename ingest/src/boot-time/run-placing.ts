import type { DeviceRecord } from '@jostle/contracts';
import { sql, type Transaction } from 'kysely';
import { DATED_KINDS, type PlacedRecord, writeDerived } from '../inbox/derived-rows.ts';
import type { StoredRun } from '../inbox/stored-run.ts';
import type { Database } from '../store/database.ts';
import { type BootLine, placeOnLine } from './boot-line.ts';
import type { BootRow } from './boot-notes.ts';
import type { Placement } from './placement.ts';
import { reachesBefore, runPages } from './run-pages.ts';

export interface Placing {
  boot: BootRow;
  /** Where its stored records belong now. */
  line: BootLine;
  /** Where they were; absent where that is not known, and everything is written anew. */
  before?: BootLine;
  /** Runs that lie wholly below this seq stay as they are. */
  fromSeq?: number;
  /** Records before this monotonic time stay as they are. */
  fromMono?: number;
}

/**
 * Brings stored runs of a boot to where its line puts them: the time span of each row, and the rows that were made of
 * its records.
 *
 * @returns whether a battery clock kept the time of one of those runs
 */
export async function placeRuns(
  trx: Transaction<Database>,
  placing: Placing,
): Promise<{ hasBatteryClock: boolean }> {
  const { boot, line, fromSeq = boot.first_seq, fromMono = Number.NEGATIVE_INFINITY } = placing;
  // Of a boot without any known time nothing is made but what is no reading.
  const isWithoutBareReadings = line.anchors.length === 0 && line.heardOffsetMs === null;
  let hasBatteryClock = false;
  for await (const runs of runPages(trx, boot, { fromSeq, isWithoutBareReadings })) {
    await placePage(trx, placing, runs);
    hasBatteryClock ||= runs.some(({ clock }) => clock === 'rtc');
    if (reachesBefore(runs, fromMono)) break;
  }
  return { hasBatteryClock };
}

async function placePage(
  trx: Transaction<Database>,
  { boot, line, before }: Placing,
  runs: readonly StoredRun[],
): Promise<void> {
  const spans: Span[] = [];
  const moved: PlacedRecord[] = [];
  for (const run of runs) {
    const span = { id: run.id, firstAt: Number.POSITIVE_INFINITY, lastAt: Number.NEGATIVE_INFINITY };
    for (const record of run.records) {
      const placement = placeOnLine(record, line);
      if (placement === null) continue;
      if (placement.quality !== 'bounded') {
        span.firstAt = Math.min(span.firstAt, placement.at);
        span.lastAt = Math.max(span.lastAt, placement.at);
      }
      const isElsewhere = before === undefined || !isSame(placeOnLine(record, before), placement);
      if (isDated(record) && isElsewhere) moved.push({ record, placement });
    }
    const firstAt = Number.isFinite(span.firstAt) ? span.firstAt : null;
    const lastAt = Number.isFinite(span.lastAt) ? span.lastAt : null;
    if (firstAt !== run.firstAt || lastAt !== run.lastAt) spans.push({ id: run.id, firstAt, lastAt });
  }
  await writeSpans(trx, spans);
  await writeDerived(trx, { deviceId: boot.device_id, epoch: boot.epoch }, moved);
}

function isDated({ kind }: DeviceRecord): boolean {
  return (DATED_KINDS as readonly string[]).includes(kind);
}

function isSame(a: Placement | null, b: Placement): boolean {
  if (a === null || a.at !== b.at || a.quality !== b.quality) return false;
  return a.quality !== 'bounded' || b.quality !== 'bounded' || a.earliestAt === b.earliestAt;
}

interface Span {
  id: number;
  firstAt: number | null;
  lastAt: number | null;
}

async function writeSpans(trx: Transaction<Database>, spans: readonly Span[]): Promise<void> {
  if (spans.length === 0) return;
  const rows = spans.map(
    ({ id, firstAt, lastAt }) =>
      sql`(cast(${id} as bigint), cast(${firstAt} as bigint), cast(${lastAt} as bigint))`,
  );
  await sql`with span (id, first_at, last_at) as (values ${sql.join(rows)})
    update inbox set first_at = span.first_at, last_at = span.last_at
    from span where inbox.id = span.id`.execute(trx);
}
