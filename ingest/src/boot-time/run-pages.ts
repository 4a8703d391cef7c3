import { sql, type Transaction } from 'kysely';
import { type StoredRun, storedRunOf } from '../inbox/stored-run.ts';
import type { Database } from '../store/database.ts';
import type { BootRow } from './boot-notes.ts';

/** Rows that are read at a time, of at most 1000 records each. */
const PAGE_RUNS = 50;
/** Records are appended within this of their monotonic time, ms: a shock event is written when it is over. */
const DISORDER_MS = 600_000;

export interface PagesOfBoot {
  /** Runs that lie wholly below this seq are left out. */
  fromSeq?: number;
  /** Runs of a clock that was never set and that hold nothing but readings are left out, too. */
  isWithoutBareReadings?: boolean;
}

/** The stored runs of a boot, newest first, page by page: it may have hundreds of thousands of records. */
export async function* runPages(
  trx: Transaction<Database>,
  boot: BootRow,
  { fromSeq = boot.first_seq, isWithoutBareReadings = false }: PagesOfBoot = {},
): AsyncGenerator<StoredRun[]> {
  for (let below = boot.last_seq + 1; below > fromSeq; ) {
    const page = trx
      .selectFrom('inbox')
      .selectAll()
      .where('device_id', '=', boot.device_id)
      .where('epoch', '=', boot.epoch)
      .where('boot_id', '=', boot.boot_id)
      .where('from_seq', '<', below)
      .where('to_seq', '>=', fromSeq)
      .orderBy('from_seq', 'desc')
      .limit(PAGE_RUNS);
    const rows = await (isWithoutBareReadings
      ? page.where(sql<boolean>`(clock <> 'none' or message not like '%"other":[]%')`)
      : page
    ).execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(storedRunOf);
    below = last.from_seq;
  }
}

/** Whether the oldest run of a page, and so everything older, lies before this monotonic time. */
export function reachesBefore(page: readonly StoredRun[], mono: number): boolean {
  return page.at(-1)?.records.every(({ monotonicMs }) => monotonicMs < mono - DISORDER_MS) ?? false;
}
