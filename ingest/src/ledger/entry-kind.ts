import type { ErrorCode } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './ledger-tables.ts';

/** One row of any table of the ledger. */
export type Row = Record<string, string | number | null>;

/** The database as the generic queries see it: every table has columns of text and numbers. */
export type AnyDatabase = Kysely<Record<string, Row>>;

/** The same database, for the queries that work on any kind of entry. */
export function asAnyDatabase<T extends LedgerTables>(db: Kysely<T>): AnyDatabase {
  return db as unknown as AnyDatabase;
}

/** Something that an entry names and that has to exist. */
export interface Reference {
  /** JSON pointer into the entry. */
  at: string;
  /** How a message calls it, such as `site "HUB-1"`. */
  what: string;
  /** It may be in any one of these. */
  tables: readonly (keyof LedgerTables)[];
  match: Row;
  code: ErrorCode;
}

/** How one kind of entry is kept: its table, its rows, and what has to hold before the database is asked. */
export interface EntryKind<T> {
  /** How a message calls it. */
  name: string;
  table: keyof LedgerTables;
  /** The column that holds the caller's id. */
  key: string;
  toRow(entry: T): Row;
  /** The inverse of `toRow` and `lines.toRows`; absent optional values stay absent. */
  fromRow(row: Row, lines: readonly Row[]): T;
  /** Rows of a second table that belong to the entry. */
  lines?: { table: keyof LedgerTables; owner: string; order: readonly string[]; toRows(entry: T): Row[] };
  references(entry: T): Reference[];
  /** @throws JostleError where the entry contradicts itself */
  check?(entry: T): void;
}

/** A reference by one key column. */
export function reference(
  at: string,
  name: string,
  table: keyof LedgerTables,
  key: string,
  value: string,
): Reference {
  const code = table === 'product' ? 'LEDGER_SKU_UNKNOWN' : 'LEDGER_REFERENCE_UNKNOWN';
  return { at, what: `${name} "${value}"`, tables: [table], match: { [key]: value }, code };
}

/** A reference to one line of an order. */
export function orderLineReference(at: string, orderId: string, line: number): Reference {
  return {
    at,
    what: `line ${line} of order "${orderId}"`,
    tables: ['order_line'],
    match: { order_id: orderId, line },
    code: 'LEDGER_REFERENCE_UNKNOWN',
  };
}

/** A reference to whoever had it in their hands: a carrier, or the site whose staff handled it. */
export function custodianReference(at: string, id: string): Reference {
  return {
    at,
    what: `carrier or site "${id}"`,
    tables: ['carrier', 'site'],
    match: { id },
    code: 'LEDGER_REFERENCE_UNKNOWN',
  };
}

/** `{ [key]: value }`, or nothing at all where the column is null. */
export function optional<K extends string, V>(key: K, value: V | null | undefined): Partial<Record<K, V>> {
  return value === null || value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
