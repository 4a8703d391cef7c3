import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Outbox } from './outbox.ts';
import { lockOutbox } from './sqlite-file.ts';

/** SQLite knows by itself what one process has open: only another process shows the lock of the kernel. */
const LOCK = `const [sqlite, path] = process.argv.slice(1);
  const db = new (require(sqlite))(path, { timeout: 0 });
  try {
    db.exec('BEGIN IMMEDIATE');
    console.log('locked');
  } catch ({ code }) {
    console.log(code);
  }`;
const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');

/** What comes of locking a file in another process. */
const lockElsewhere = (path: string) =>
  spawnSync(process.execPath, ['-e', LOCK, SQLITE, path], { encoding: 'utf8' }).stdout.trim();

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'outbox.db');
}

const openOutbox = (path: string, log = pino({ level: 'silent' })) =>
  new Outbox({ path, log, maxRecords: 1_000 });

test('an open outbox cannot be locked by another process, also after a salvage', () => {
  const path = newPath();
  const first = openOutbox(path);
  expect(lockElsewhere(path)).toBe('SQLITE_BUSY');
  first.close();
  expect(lockElsewhere(path)).toBe('locked');
  truncateSync(path, 5_000);
  const salvaged = openOutbox(path);
  expect(lockElsewhere(path)).toBe('SQLITE_BUSY');
  salvaged.close();
});

describe('the lock beside an outbox', () => {
  test('is held through every step of a salvage, and released with the outbox', () => {
    const path = newPath();
    openOutbox(path).close();
    truncateSync(path, 5_000);
    const held: string[] = [];
    const askAtEachStep = { write: () => void held.push(lockElsewhere(`${path}.lock`)) };
    const salvaged = openOutbox(path, pino({}, askAtEachStep));
    // It begins, it is done, the damaged file is aside.
    expect(held).toEqual(['SQLITE_BUSY', 'SQLITE_BUSY', 'SQLITE_BUSY']);
    salvaged.close();
    expect(lockElsewhere(`${path}.lock`)).toBe('locked');
  });

  test('is released where the outbox cannot be opened', () => {
    const path = newPath();
    const outbox = new Database(path);
    outbox.exec('BEGIN EXCLUSIVE');
    expect(() => openOutbox(path)).toThrow(expect.objectContaining({ code: 'EDGE_OUTBOX_IN_USE' }));
    outbox.close();
    openOutbox(path).close();
  });

  test('is taken although a bad card put something into its file', () => {
    const path = newPath();
    writeFileSync(`${path}.lock`, Buffer.alloc(4096, 0xa5));
    const lock = lockOutbox(path);
    // Not even a journal: it is held on a full card, too.
    expect(readdirSync(dirname(path))).toEqual(['outbox.db.lock']);
    expect(statSync(`${path}.lock`).size).toBe(0);
    expect(lockElsewhere(`${path}.lock`)).toBe('SQLITE_BUSY');
    lock.release();
  });
});
