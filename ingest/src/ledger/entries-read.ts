import type { AnyDatabase, EntryKind, Row } from './entry-kind.ts';

/** Entries whose ids are in `ids`, in no particular order. */
export async function readEntries<T>(
  db: AnyDatabase,
  kind: EntryKind<T>,
  ids: readonly string[],
): Promise<T[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom(kind.table).selectAll().where(kind.key, 'in', ids).execute();
  return withLines(db, kind, rows);
}

/** The entry with this id, or undefined. */
export async function readEntry<T>(db: AnyDatabase, kind: EntryKind<T>, id: string): Promise<T | undefined> {
  return (await readEntries(db, kind, [id]))[0];
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Id to go on after, or null at the end. */
  next: string | null;
}

/**
 * Entries in the order of their ids.
 *
 * @param match columns that have to have these values
 */
export async function listEntries<T>(
  db: AnyDatabase,
  kind: EntryKind<T>,
  { after, limit, match = {} }: { after?: string | undefined; limit: number; match?: Row },
): Promise<Page<T>> {
  let query = db
    .selectFrom(kind.table)
    .selectAll()
    .orderBy(kind.key)
    .limit(limit + 1);
  if (after !== undefined) query = query.where(kind.key, '>', after);
  for (const [column, value] of Object.entries(match)) query = query.where(column, '=', value);
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1)?.[kind.key];
  return {
    items: await withLines(db, kind, page),
    next: rows.length > limit && last !== undefined ? String(last) : null,
  };
}

async function withLines<T>(db: AnyDatabase, kind: EntryKind<T>, rows: readonly Row[]): Promise<T[]> {
  const linesByOwner = new Map<string, Row[]>(rows.map((row) => [String(row[kind.key]), []]));
  for (const line of await linesOf(db, kind, [...linesByOwner.keys()]))
    linesByOwner.get(String(line[kind.lines?.owner ?? '']))?.push(line);
  return rows.map((row) => kind.fromRow(row, linesByOwner.get(String(row[kind.key])) ?? []));
}

async function linesOf<T>(db: AnyDatabase, { lines }: EntryKind<T>, ids: readonly string[]): Promise<Row[]> {
  if (lines === undefined || ids.length === 0) return [];
  let query = db.selectFrom(lines.table).selectAll().where(lines.owner, 'in', ids);
  for (const column of lines.order) query = query.orderBy(column);
  return query.execute();
}
