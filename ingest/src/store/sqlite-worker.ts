import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/**
 * Requests are answered in the order in which they were sent. A statement with `each` runs once for each row of that JSON
 * array of parameters. A statement with `chunk` answers with its first so many rows, each `more` with the next ones, and
 * none when there are no more; until then, or until `enough`, nothing else may be asked. `copyTo` is answered when the
 * copy has begun; `SqliteCopied` comes when it has ended.
 */
export type SqliteRequest = SqliteStatement | { copyTo: string } | 'more' | 'enough' | 'close';

export type SqliteStatement =
  | { sql: string; params: readonly unknown[]; chunk?: number }
  | { sql: string; each: string };

/** A request after statements that get no answer: if one of them fails, all fails like it, up to a rollback. */
export interface SqliteMessage {
  before: readonly SqliteStatement[];
  request: SqliteRequest;
}

export type SqliteReply =
  | {
      rows: unknown[];
      /** In place of `rows`, as JSON, where a statement ran for each row of parameters. */
      json?: string;
      changes: number | undefined;
      insertId: number | undefined;
    }
  | { error: SqliteFault };

/** The end of a copy, out of the order of the answers. */
export interface SqliteCopied {
  copied: 'whole' | SqliteFault;
}

interface SqliteFault {
  code: string;
  message: string;
}

/** How long the start waits for the lock of a process that is just ending, ms. */
const LOCK_WAIT_MS = 2000;
/** Statements kept prepared; inserts of many lengths would otherwise pile up. */
const STATEMENTS_MAX = 300;
/** The inserts of many devices touch pages all over the indexes; with fewer in memory each batch reads them again. */
const CACHE_KIB = 64 * 1024;
/** 64 MiB of log between checkpoints, so that a page that changes with each batch is not written back with each. */
const CHECKPOINT_PAGES = 16_384;
/** Pages that a copy takes at once: 2 MB, some ms for which the statements wait. */
const COPY_PAGES = 500;
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

function executor(db: Sqlite.Database): (request: SqliteStatement) => SqliteReply {
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

function faultOf(error: unknown): SqliteFault {
  const { code, message } = error as { code?: string; message?: string };
  return { code: code ?? 'SQLITE_ERROR', message: message ?? String(error) };
}

/** Rows of one statement at a time, in pieces. */
function rowReader(db: Sqlite.Database) {
  let rows: IterableIterator<unknown> | undefined;
  let size = 0;
  const next = (): SqliteReply => {
    const piece: unknown[] = [];
    while (piece.length < size) {
      const step = rows?.next();
      if (step === undefined || step.done) break;
      piece.push(step.value);
    }
    return { ...EMPTY, rows: piece };
  };
  return {
    first(sql: string, params: readonly unknown[], chunk: number): SqliteReply {
      rows = db.prepare(sql).iterate(...params);
      size = chunk;
      return next();
    },
    next,
    end(): SqliteReply {
      rows?.return?.();
      rows = undefined;
      return EMPTY;
    },
  };
}

/**
 * Copies the database as it is at the end of the copy. Between two pieces statements go on: what they change in pages that
 * were copied already is copied again (sqlite.org/backup.html). No transaction may be open until `begun` is called.
 */
async function copyDatabase(db: Sqlite.Database, file: string, begun: () => void): Promise<void> {
  let isBegun = false;
  const begin = () => {
    if (!isBegun) begun();
    isBegun = true;
  };
  try {
    await db.backup(file, {
      progress: () => {
        begin();
        return COPY_PAGES;
      },
    });
  } finally {
    begin();
  }
}

function serve(port: NonNullable<typeof parentPort>, file: string): void {
  let db: Sqlite.Database;
  try {
    db = open(file);
  } catch (error) {
    port.postMessage({ error: faultOf(error) });
    return;
  }
  const answer = (reply: SqliteReply) => port.postMessage(reply);
  answer(EMPTY);
  const execute = executor(db);
  const reader = rowReader(db);
  const copy = (to: string) => {
    const copied = (outcome: SqliteCopied['copied']) => port.postMessage({ copied: outcome });
    copyDatabase(db, to, () => answer(EMPTY)).then(
      () => copied('whole'),
      (error: unknown) => copied(faultOf(error)),
    );
  };
  const replyTo = (request: Exclude<SqliteRequest, 'close' | { copyTo: string }>): SqliteReply => {
    if (request === 'more') return reader.next();
    if (request === 'enough') return reader.end();
    if ('each' in request || request.chunk === undefined) return execute(request);
    return reader.first(request.sql, request.params, request.chunk);
  };
  // Of a statement that gets no answer; cleared by a rollback.
  let failure: SqliteFault | undefined;
  const replyOrFault = (request: Parameters<typeof replyTo>[0]): SqliteReply => {
    if (typeof request === 'object' && request.sql === 'rollback') failure = undefined;
    if (failure !== undefined && request !== 'enough') return { error: failure };
    try {
      return replyTo(request);
    } catch (error) {
      return { error: faultOf(error) };
    }
  };
  port.on('message', ({ before, request }: SqliteMessage) => {
    for (const statement of before) {
      const reply = replyOrFault(statement);
      if ('error' in reply) failure = reply.error;
    }
    if (request === 'close') {
      db.close();
      answer(EMPTY);
      port.close();
    } else if (typeof request === 'object' && 'copyTo' in request) copy(request.copyTo);
    else answer(replyOrFault(request));
  });
}

if (parentPort !== null) serve(parentPort, (workerData as { file: string }).file);
