import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/** A statement to run, once or for each row of a JSON array of parameters, or `close`. Requests are answered in the order in which they were sent. */
export type SqliteRequest =
  | { sql: string; params: readonly unknown[] }
  | { sql: string; each: string }
  | 'close';

export type SqliteReply =
  | {
      rows: unknown[];
      /** In place of `rows`, as JSON, where a statement ran for each row of parameters. */
      json?: string;
      changes: number | undefined;
      insertId: number | undefined;
    }
  | { error: { code: string; message: string } };

/** How long the start waits for the lock of a process that is just ending, ms. */
const LOCK_WAIT_MS = 2000;
/** Statements kept prepared; inserts of many lengths would otherwise pile up. */
const STATEMENTS_MAX = 300;
/** The inserts of many devices touch pages all over the indexes; with fewer in memory each batch reads them again. */
const CACHE_KIB = 64 * 1024;
/** 64 MiB of log between checkpoints, so that a page that changes with each batch is not written back with each. */
const CHECKPOINT_PAGES = 16_384;
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
    `cache_size = ${-CACHE_KIB}`,
    `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ])
    db.pragma(pragma);
  db.exec('begin immediate; commit');
  return db;
}

function executor(db: Sqlite.Database): (request: Exclude<SqliteRequest, 'close'>) => SqliteReply {
  // Keyed by SQL text.
  const statements = new Map<string, Sqlite.Statement>();
  const prepared = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return (request) => {
    const { sql } = request;
    // SQLite rolls back by itself on errors such as a full disk; a second rollback would hide the first error.
    if (sql === 'rollback' && !db.inTransaction) return EMPTY;
    const statement = prepared(sql);
    if ('each' in request) return runEach(statement, request.each);
    if (statement.reader) return { ...EMPTY, rows: statement.all(...request.params) };
    const { changes, lastInsertRowid } = statement.run(...request.params);
    return { rows: [], changes, insertId: Number(lastInsertRowid) };
  };
}

function runEach(statement: Sqlite.Statement, json: string): SqliteReply {
  const each = JSON.parse(json) as unknown[][];
  if (statement.reader)
    return { ...EMPTY, json: JSON.stringify(each.flatMap((params) => statement.all(...params))) };
  let changes = 0;
  for (const params of each) changes += statement.run(...params).changes;
  return { rows: [], changes, insertId: undefined };
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
      port.postMessage(execute(request));
    } catch (error) {
      port.postMessage(errorReply(error));
    }
  });
}

if (parentPort !== null) serve(parentPort, (workerData as { file: string }).file);
