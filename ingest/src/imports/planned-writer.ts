import { insertEntries } from '../ledger/entries-write.ts';
import type { AnyDatabase, EntryKind } from '../ledger/entry-kind.ts';
import type { ImportRecord } from './import-record.ts';
import type { Planned } from './order-plan.ts';

/**
 * Entries per statement: large enough to be quick, small enough that the process answers in between. On SQLite the
 * transaction holds the only connection: other requests to the store wait until all of the import is committed.
 */
export const BATCH = 500;

/** Writes entries whose references were checked and counts what became of their rows. */
export async function insertPlanned<T, R>(
  trx: AnyDatabase,
  kind: EntryKind<T>,
  table: string,
  planned: readonly Planned<T, R>[],
  record: ImportRecord,
): Promise<void> {
  const entries = planned.map(({ entry }) => entry);
  const { created, conflicts } = await insertEntries(trx, kind, entries);
  const refused = new Set(conflicts);
  let rows = 0;
  for (const { entry, group } of planned) {
    if (!refused.has(entry)) rows += group.rows.length;
    else
      for (const { line } of group.rows)
        record.refuse(line, 'LEDGER_ID_CONFLICT', `There is another ${kind.name} with the id "${group.id}"`);
  }
  record.create(table, created);
  record.keep(rows, planned.length - created - conflicts.length);
}

/** @param signal ends the writing between two batches by an exception, which rolls the transaction back */
export function* batches<T>(all: readonly T[], size: number, signal: AbortSignal): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += size) {
    signal.throwIfAborted();
    yield all.slice(i, i + size);
  }
}
