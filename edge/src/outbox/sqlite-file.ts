import { closeSync, existsSync, openSync, readSync, truncateSync } from 'node:fs';
import { chainStart, JostleError } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { headIn, headText } from './chain-head.ts';
import { SCHEMA, SCHEMA_VERSION, shapeOf } from './outbox-schema.ts';
import { type OutboxSummary, summaryOf } from './outbox-summary.ts';
import { upgrade } from './schema-upgrade.ts';
import { readSqliteLog } from './sqlite-log.ts';
import { PAGE_BYTES } from './sqlite-pages.ts';

export type OutboxDatabase = Database.Database;

/** The write-ahead log is cut back to this after a checkpoint, bytes. */
const WAL_LIMIT_BYTES = 4 * 1024 * 1024;

/** Holds an outbox until it is released; the kernel lets go when the process dies. */
export interface OutboxLock {
  release(): void;
}

/** Where the header of a file says which version writes it, and the version of one with a write-ahead log. */
const WRITE_VERSION_AT = 18;
const WRITE_VERSION_WAL = 2;

/** What a file says of itself. */
export interface FileFacts {
  epoch: string;
  /** The highest seq that was ever given; SQLite keeps it beyond the deletion of its row. */
  lastSeq: number;
  /** The highest number of a boot. */
  boots: number;
}

/** What came of opening a file: damage is told, not thrown, because it is mended. */
export type OpenedFile =
  | { kind: 'open'; db: OutboxDatabase; facts: FileFacts }
  | {
      kind: 'damaged';
      reason: string;
      /** To be called when the file has been set aside: before, SQLite would take away the log that lies beside it. */
      close(): void;
    };

/**
 * Takes an outbox and all files beside it for this process. The lock on the outbox itself ends with its file, which a
 * salvage exchanges; this one is on a file that stays, and in which nothing is ever written.
 *
 * @throws JostleError EDGE_OUTBOX_IN_USE where another process has it
 */
export function lockOutbox(path: string): OutboxLock {
  const lockPath = `${path}.lock`;
  const db = new Database(lockPath, { timeout: 0 });
  const take = () => {
    // A journal on the disk would need room there.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  };
  try {
    try {
      take();
    } catch (error) {
      if (!isDamage(error)) throw error;
      // Nobody has it: SQLite takes the lock before it reads. Only a bad card can have put something there.
      truncateSync(lockPath);
      take();
    }
  } catch (error) {
    db.close();
    throw isBusy(error) ? inUse(path, error) : error;
  }
  return { release: () => db.close() };
}

/**
 * Opens a file of the outbox, or makes it, and checks its pages.
 *
 * @param maxPages size at which the file counts as full, in pages of 4 kB
 * @param newEpoch of the file where it is made
 * @throws JostleError EDGE_OUTBOX_IN_USE where another process has it open
 */
export function openSqliteFile(path: string, maxPages: number, newEpoch: string): OpenedFile {
  // Before SQLite locks the file: when a process closes it anywhere, its locks on it are gone (POSIX, fcntl).
  const isWritingForbidden = forbidsWriting(path);
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    // Held for as long as the file is open, and let go by the kernel when the process dies.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    // With NORMAL a power cut takes confirmed rows with it (SQLite documentation, PRAGMA synchronous).
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    db.pragma(`max_page_count = ${maxPages}`);
    db.exec('BEGIN IMMEDIATE; COMMIT');
    // The quick check does not compare an index with its table: a flipped bit there ends the agent at its first reading.
    const verdict = readSqliteLog(`${path}-wal`, PAGE_BYTES).isBroken
      ? 'its write-ahead log is damaged'
      : isWritingForbidden
        ? 'its header forbids writing'
        : String(db.pragma('integrity_check(1)', { simple: true }));
    const facts = verdict === 'ok' ? prepareTables(db, newEpoch) : undefined;
    if (facts !== undefined) return { kind: 'open', db, facts };
    return damagedFile(db, verdict === 'ok' ? 'its tables are not what was written' : verdict);
  } catch (error) {
    if (isDamage(error)) return damagedFile(db, error.message);
    db.close();
    throw isBusy(error) ? inUse(path, error) : error;
  }
}

export function damagedFile(db: OutboxDatabase, reason: string): OpenedFile {
  return { kind: 'damaged', reason, close: () => db.close() };
}

/** Makes the tables, or brings them up to date. @returns undefined where they are not what was written */
function prepareTables(db: OutboxDatabase, newEpoch: string): FileFacts | undefined {
  const isNew = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0;
  const version = db.pragma('user_version', { simple: true });
  db.transaction(() => {
    if (isNew) {
      db.exec(SCHEMA);
      db.prepare("INSERT INTO meta VALUES ('epoch', ?), ('head', ?)").run(
        newEpoch,
        headText(newEpoch, 0, chainStart(newEpoch)),
      );
    } else if (version === 0) upgrade(db);
    if (version === 0) db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
  if (!hasOurTables(db)) return undefined;
  const meta = db.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const sequence = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck();
  const epoch = meta.get('epoch');
  const lastSeq = (sequence.get('record') as number | undefined) ?? 0;
  const boots = (sequence.get('boot') as number | undefined) ?? 0;
  const head = headIn(meta.get('head'));
  if (typeof epoch !== 'string' || head === undefined) return undefined;
  return head.epoch === epoch && head.seq === lastSeq ? { epoch, lastSeq, boots } : undefined;
}

/** A version that SQLite cannot write: it would say so at the first reading ("Database File Format", section 1.3.3). */
function forbidsWriting(path: string): boolean {
  if (!existsSync(path)) return false;
  const version = Buffer.alloc(1);
  const file = openSync(path, 'r');
  try {
    readSync(file, version, 0, 1, WRITE_VERSION_AT);
  } finally {
    closeSync(file);
  }
  return version.readUInt8(0) > WRITE_VERSION_WAL;
}

/** Nothing in a file of SQLite guards its schema: after a flipped bit a column may only have another name. */
function hasOurTables(db: OutboxDatabase): boolean {
  const model = new Database(':memory:');
  try {
    model.exec(SCHEMA);
    return shapeOf(db) === shapeOf(model);
  } finally {
    model.close();
  }
}

/** Moves what it can from the write-ahead log into the file, so that the log begins anew. */
export function checkpoint(db: OutboxDatabase): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch (error) {
    // What finds no place in the file stays in the log.
    if (!isFull(error)) throw error;
  }
}

/** Whether an error of the database says that there is no room left. */
export function isFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
}

/** Tidies up, which is written, too; what a full or failing disk leaves undone is to be done another time. */
export function whereTheDiskTakesIt(tidyUp: () => void): void {
  try {
    tidyUp();
  } catch (error) {
    const isRefused =
      error instanceof Database.SqliteError && /^SQLITE_(FULL|READONLY|IOERR)/.test(error.code);
    if (!isRefused) throw error;
  }
}

/** Garbage in the first page can also take a table away, or forbid writing. */
const DAMAGE_CODES = /^SQLITE_(NOTADB|CORRUPT.*|ERROR|READONLY)$/;

function isDamage(error: unknown): error is Error {
  return error instanceof Database.SqliteError && DAMAGE_CODES.test(error.code);
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function inUse(path: string, cause: unknown): JostleError {
  const message = `Another agent has ${path} open: stop it, or set another JOSTLE_DATA_DIR.`;
  return new JostleError('EDGE_OUTBOX_IN_USE', message, { cause });
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
    const verdict = String(db.pragma('integrity_check(1)', { simple: true }));
    if (verdict !== 'ok') return { kind: 'damaged', reason: verdict };
    return { kind: 'sound', ...summaryOf(db) };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return isBusy(error) ? { kind: 'in-use' } : { kind: 'damaged', reason: error.message };
  } finally {
    db?.close();
  }
}
