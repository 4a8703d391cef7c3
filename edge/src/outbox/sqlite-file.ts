import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { JostleError } from '@jostle/contracts';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { type OutboxSummary, summaryOf } from './outbox-summary.ts';

export type OutboxDatabase = Database.Database;

/** The file never grows beyond this: 1 GiB in pages of 4 kB, so that a long outage does not fill the card. */
const MAX_PAGES = 262_144;

/** The write-ahead log is cut back to this after a checkpoint, bytes. */
const WAL_LIMIT_BYTES = 4 * 1024 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    measured_at INTEGER NOT NULL,
    mono INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    clock TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    is_event INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS boot (number INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL UNIQUE);
  CREATE INDEX IF NOT EXISTS record_event ON record (seq) WHERE is_event = 1;
`;

/**
 * Opens the outbox file, or makes it with a new epoch. A file that fails its check is set aside, never deleted:
 * its records can be salvaged.
 *
 * @param maxPages size at which the file counts as full, in pages of 4 kB
 * @throws JostleError EDGE_OUTBOX_IN_USE where another process has it open
 */
export function openOutboxFile(path: string, log: Logger, maxPages: number = MAX_PAGES): OutboxDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = openChecked(path, maxPages);
  if (db !== undefined) return db;
  const asidePath = setAside(path);
  log.error({ code: 'EDGE_OUTBOX_DAMAGED', asidePath }, 'outbox is damaged; it was set aside');
  const fresh = openChecked(path, maxPages);
  if (fresh === undefined)
    throw new JostleError('EDGE_OUTBOX_DAMAGED', `A new outbox at ${path} is damaged too: check the disk.`);
  return fresh;
}

/** Whether an error of the database says that there is no room left. */
export function isFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
}

function openChecked(path: string, maxPages: number): OutboxDatabase | undefined {
  const db = new Database(path, { timeout: 0 });
  try {
    // Held for as long as the file is open, and let go by the kernel when the process dies.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    // With NORMAL a power cut takes confirmed rows with it (SQLite documentation, PRAGMA synchronous).
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    db.pragma(`max_page_count = ${maxPages}`);
    db.exec('BEGIN IMMEDIATE; COMMIT');
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      db.close();
      return undefined;
    }
    db.exec(SCHEMA);
    db.prepare("INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(randomUUID());
    return db;
  } catch (error) {
    db.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) return undefined;
    if (!code.startsWith('SQLITE_BUSY')) throw error;
    throw new JostleError(
      'EDGE_OUTBOX_IN_USE',
      `Another agent has ${path} open: stop it, or set another JOSTLE_DATA_DIR.`,
      { cause: error },
    );
  }
}

function setAside(path: string): string {
  let n = 1;
  while (existsSync(`${path}.damaged-${n}`)) n += 1;
  for (const suffix of ['-wal', '-shm', ''])
    if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.damaged-${n}${suffix}`);
  return `${path}.damaged-${n}`;
}

/** What a look into an outbox file showed. */
export type OutboxInspection =
  | ({ kind: 'sound' } & OutboxSummary)
  | { kind: 'absent' | 'in-use' }
  | { kind: 'damaged'; reason: string };

/** Checks an outbox file without changing it. Only the agent's own user may do this: SQLite keeps files beside it. */
export function inspectOutboxFile(path: string): OutboxInspection {
  if (!existsSync(path)) return { kind: 'absent' };
  let db: OutboxDatabase | undefined;
  try {
    db = new Database(path, { readonly: true, timeout: 0 });
    const verdict = String(db.pragma('quick_check(1)', { simple: true }));
    if (verdict !== 'ok') return { kind: 'damaged', reason: verdict };
    return { kind: 'sound', ...summaryOf(db) };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return error.code.startsWith('SQLITE_BUSY')
      ? { kind: 'in-use' }
      : { kind: 'damaged', reason: error.message };
  } finally {
    db?.close();
  }
}
