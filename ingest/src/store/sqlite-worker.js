// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/**
 * The thread of `SqliteClient`. Plain JavaScript, because it is the entry of a thread: a loader of TypeScript takes half a
 * second and a further thread.
 *
 * @import { MessagePort } from 'node:worker_threads'
 * @import { SqliteCopied, SqliteFault, SqliteMessage, SqliteReply, SqliteRequest, SqliteStatement } from './sqlite-messages.ts'
 */

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
/** @type {SqliteReply} */
const EMPTY = { rows: [], changes: undefined, insertId: undefined };

/** @param {string} file @returns {Sqlite.Database} */
function open(file) {
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

/** @param {Sqlite.Database} db @returns {(request: SqliteStatement) => SqliteReply} */
function executor(db) {
  /** @type {Map<string, Sqlite.Statement>} keyed by SQL text */
  const statements = new Map();
  /** @param {string} sql */
  const prepared = (sql) => {
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

/** @param {Sqlite.Statement} statement @param {string} json @returns {SqliteReply} */
function runEach(statement, json) {
  /** @type {unknown[][]} */
  const each = JSON.parse(json);
  if (statement.reader)
    return { ...EMPTY, json: JSON.stringify(each.flatMap((params) => statement.all(...params))) };
  let changes = 0;
  for (const params of each) changes += statement.run(...params).changes;
  return { rows: [], changes, insertId: undefined };
}

/** @param {unknown} error @returns {SqliteFault} */
function faultOf(error) {
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (error);
  return { code: code ?? 'SQLITE_ERROR', message: message ?? String(error) };
}

/**
 * Rows of one statement at a time, in pieces.
 *
 * @param {Sqlite.Database} db
 */
function rowReader(db) {
  /** @type {IterableIterator<unknown> | undefined} */
  let rows;
  let size = 0;
  /** @returns {SqliteReply} */
  const next = () => {
    /** @type {unknown[]} */
    const piece = [];
    while (piece.length < size) {
      const step = rows?.next();
      if (step === undefined || step.done) break;
      piece.push(step.value);
    }
    return { ...EMPTY, rows: piece };
  };
  return {
    /** @param {string} sql @param {readonly unknown[]} params @param {number} chunk @returns {SqliteReply} */
    first(sql, params, chunk) {
      rows = db.prepare(sql).iterate(...params);
      size = chunk;
      return next();
    },
    next,
    /** @returns {SqliteReply} */
    end() {
      rows?.return?.();
      rows = undefined;
      return EMPTY;
    },
  };
}

/**
 * Copies the database as it is at the end of the copy. Between two pieces statements go on: what they change in pages that
 * were copied already is copied again (sqlite.org/backup.html). No transaction may be open until `begun` is called.
 *
 * @param {Sqlite.Database} db
 * @param {string} file
 * @param {() => void} begun
 */
async function copyDatabase(db, file, begun) {
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

/** @param {MessagePort} port @param {string} file */
function serve(port, file) {
  /** @type {Sqlite.Database} */
  let db;
  try {
    db = open(file);
  } catch (error) {
    port.postMessage({ error: faultOf(error) });
    return;
  }
  /** @param {SqliteReply} reply */
  const answer = (reply) => port.postMessage(reply);
  answer(EMPTY);
  const execute = executor(db);
  const reader = rowReader(db);
  /** @param {string} to */
  const copy = (to) => {
    /** @param {SqliteCopied['copied']} outcome */
    const copied = (outcome) => port.postMessage({ copied: outcome });
    copyDatabase(db, to, () => answer(EMPTY)).then(
      () => copied('whole'),
      (error) => copied(faultOf(error)),
    );
  };
  /** @param {Exclude<SqliteRequest, 'close' | { copyTo: string }>} request @returns {SqliteReply} */
  const replyTo = (request) => {
    if (request === 'more') return reader.next();
    if (request === 'enough') return reader.end();
    if ('each' in request || request.chunk === undefined) return execute(request);
    return reader.first(request.sql, request.params, request.chunk);
  };
  /** @type {SqliteFault | undefined} of a statement that gets no answer; cleared by a rollback */
  let failure;
  /** @param {Parameters<typeof replyTo>[0]} request @returns {SqliteReply} */
  const replyOrFault = (request) => {
    if (typeof request === 'object' && request.sql === 'rollback') failure = undefined;
    if (failure !== undefined && request !== 'enough') return { error: failure };
    try {
      return replyTo(request);
    } catch (error) {
      return { error: faultOf(error) };
    }
  };
  port.on('message', (/** @type {SqliteMessage} */ { before, request }) => {
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

if (parentPort !== null) serve(parentPort, workerData.file);
