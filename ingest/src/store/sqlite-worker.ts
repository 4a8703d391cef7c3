import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/** A statement to run, or `close`. Requests are answered in the order in which they were sent. */
export type SqliteRequest = { sql: string; params: readonly unknown[] } | 'close';

export type SqliteReply =
  | { rows: unknown[]; changes: number | undefined; insertId: number | undefined }
  | { error: { code: string; message: string } };

/** How long the start waits for the lock of a process that is just ending, ms. */
const LOCK_WAIT_MS = 2000;
/** Statements kept prepared; inserts of many lengths would otherwise pile up. */
const STATEMENTS_MAX = 300;
const EMPTY: SqliteReply = { rows: [], changes: undefined, insertId: undefined };

function open(file: string): Sqlite.Database {
  const db = new Sqlite(file, { timeout: LOCK_WAIT_MS });
  // EXCLUSIVE holds the file lock as long as the process lives, so that a second ingest cannot open it;
  // FULL syncs the log at each commit: an acknowledged record survives a power cut.
  for (const pragma of [
    'locking_mode = EXCLUSIVE',
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
  ])
    db.pragma(pragma);
  db.exec('begin immediate; commit');
  return db;
}

function executor(db: Sqlite.Database): (sql: string, params: readonly unknown[]) => SqliteReply {
  // Keyed by SQL text.
  const statements = new Map<string, Sqlite.Statement>();
  return (sql, params) => {
    // SQLite rolls back by itself on errors such as a full disk; a second rollback would hide the first error.
    if (sql === 'rollback' && !db.inTransaction) return EMPTY;
    let statement = statements.get(sql);
    if (statement === undefined) {
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    if (statement.reader) return { ...EMPTY, rows: statement.all(...params) };
    const { changes, lastInsertRowid } = statement.run(...params);
    return { rows: [], changes, insertId: Number(lastInsertRowid) };
  };
}

function errorReply(error: unknown): SqliteReply {
  const { code, message } = error as { code?: string; message?: string };
  return { error: { code: code ?? 'SQLITE_ERROR', message: message ?? String(error) } };
}

function serve(port: NonNullable<typeof parentPort>, file: string): void {
  let db: Sqlite.Database;
  try {
    db = open(file);
  } catch (error) {
    port.postMessage(errorReply(error));
    return;
  }
  port.postMessage(EMPTY);
  const execute = executor(db);
  port.on('message', (request: SqliteRequest) => {
    if (request === 'close') {
      db.close();
      port.postMessage(EMPTY);
      port.close();
      return;
    }
    try {
      port.postMessage(execute(request.sql, request.params));
    } catch (error) {
      port.postMessage(errorReply(error));
    }
  });
}

if (parentPort !== null) serve(parentPort, (workerData as { file: string }).file);
