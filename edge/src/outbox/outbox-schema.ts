import type { OutboxDatabase } from './sqlite-file.ts';

/** Of the tables below; files of version 0 had no chain. */
export const SCHEMA_VERSION = 1;

export const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    measured_at INTEGER NOT NULL,
    mono INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    clock TEXT NOT NULL,
    body TEXT NOT NULL,
    chain_after TEXT NOT NULL,
    is_event INTEGER NOT NULL,
    chain_before TEXT NOT NULL
  );
  CREATE TABLE boot (number INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL UNIQUE);
  CREATE INDEX record_event ON record (seq) WHERE is_event = 1;
`;

const COLUMNS = `SELECT t.name AS of, c.name, c.type, c."notnull", c.pk
  FROM sqlite_master t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid`;
const INDEXES = `SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`;

/** The tables, columns and indexes of a file in words; the same for a file that was brought up to date. */
export function shapeOf(db: OutboxDatabase): string {
  return JSON.stringify([COLUMNS, INDEXES].map((sql) => db.prepare(sql).raw().all()));
}
