import { JostleError } from '@jostle/contracts';
import { readEntries } from './entries-read.ts';
import type { AnyDatabase, EntryKind, Reference, Row } from './entry-kind.ts';
import { ledgerViolation } from './ledger-violation.ts';

export type InsertOutcome = 'created' | 'unchanged';

/**
 * Writes one entry. The same entry again changes nothing.
 *
 * @throws JostleError LEDGER_ID_CONFLICT where the id has other content, and the codes of whatever else is wrong
 */
export async function insertEntry<T>(db: AnyDatabase, kind: EntryKind<T>, entry: T): Promise<InsertOutcome> {
  kind.check?.(entry);
  const row = kind.toRow(entry);
  try {
    return await db.transaction().execute(async (trx) => {
      await refuseMissing(trx, kind.references(entry));
      const { created, conflicts } = await insertEntries(trx, kind, [entry]);
      if (conflicts.length > 0) throw idConflict(kind, row);
      return created > 0 ? 'created' : 'unchanged';
    });
  } catch (error) {
    throw await ledgerViolation(db, kind, row, error);
  }
}

/**
 * Writes many entries, whose ids differ, within the caller's transaction; checks and references are the caller's.
 *
 * @returns the entries that were refused because their id has other content
 */
export async function insertEntries<T>(
  trx: AnyDatabase,
  kind: EntryKind<T>,
  entries: readonly T[],
): Promise<{ created: number; conflicts: T[] }> {
  if (entries.length === 0) return { created: 0, conflicts: [] };
  const idOf = (entry: T) => String(kind.toRow(entry)[kind.key]);
  const inserted = await trx
    .insertInto(kind.table)
    .values(entries.map((entry) => kind.toRow(entry)))
    .onConflict((conflict) => conflict.column(kind.key).doNothing())
    .returning(kind.key)
    .execute();
  const created = new Set(inserted.map((row) => String(row[kind.key])));
  const { lines } = kind;
  if (lines !== undefined)
    await insertRows(trx, lines.table, entries.filter((e) => created.has(idOf(e))).flatMap(lines.toRows));
  const known = entries.filter((entry) => !created.has(idOf(entry)));
  const kept = new Map(
    (await readEntries(trx, kind, known.map(idOf))).map((entry) => [idOf(entry), contentOf(kind, entry)]),
  );
  return {
    created: created.size,
    conflicts: known.filter((entry) => kept.get(idOf(entry)) !== contentOf(kind, entry)),
  };
}

/**
 * Moves the end of a leg or an assignment; null leaves it open.
 *
 * @returns false where there is no such entry
 */
export async function setEnd<T>(
  db: AnyDatabase,
  kind: EntryKind<T>,
  id: string,
  endsAt: number | null,
): Promise<boolean> {
  const row = await db.selectFrom(kind.table).selectAll().where(kind.key, '=', id).executeTakeFirst();
  if (row === undefined) return false;
  try {
    await db.updateTable(kind.table).set({ ends_at: endsAt }).where(kind.key, '=', id).execute();
  } catch (error) {
    throw await ledgerViolation(db, kind, { ...row, ends_at: endsAt }, error);
  }
  return true;
}

function idConflict<T>(kind: EntryKind<T>, row: Row): JostleError {
  return new JostleError(
    'LEDGER_ID_CONFLICT',
    `There is another ${kind.name} with the id "${row[kind.key]}"; use a new id`,
  );
}

/** Far below the number of parameters that either engine takes in one statement. */
const ROWS_PER_STATEMENT = 1000;

async function insertRows(trx: AnyDatabase, table: string, rows: readonly Row[]): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT)
    await trx
      .insertInto(table)
      .values(rows.slice(i, i + ROWS_PER_STATEMENT))
      .execute();
}

async function refuseMissing(trx: AnyDatabase, references: readonly Reference[]): Promise<void> {
  const missing = [];
  for (const reference of references) if (!(await exists(trx, reference))) missing.push(reference);
  const [first] = missing;
  if (first === undefined) return;
  const problems = missing.map(({ at, what, code }) => ({ at, code, message: `There is no ${what}` }));
  throw new JostleError(
    first.code,
    `There is no ${missing.map((m) => m.what).join(', nor ')}; create it first`,
    {
      problems,
    },
  );
}

async function exists(trx: AnyDatabase, { tables, match }: Reference): Promise<boolean> {
  for (const table of tables) {
    let query = trx.selectFrom(table).select(Object.keys(match).slice(0, 1));
    for (const [column, value] of Object.entries(match)) query = query.where(column, '=', value);
    if ((await query.executeTakeFirst()) !== undefined) return true;
  }
  return false;
}

/** The whole content of an entry as one text that does not depend on the order of keys or lines. */
function contentOf<T>(kind: EntryKind<T>, entry: T): string {
  const rows = [kind.toRow(entry), ...(kind.lines?.toRows(entry) ?? [])];
  return rows
    .map((row) => JSON.stringify(Object.entries(row).sort()))
    .sort()
    .join('\n');
}
