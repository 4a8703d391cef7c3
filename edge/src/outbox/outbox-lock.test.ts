import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from './outbox.ts';

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

test('an open outbox cannot be locked by another process, also after a salvage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'outbox.db');
  const lockElsewhere = () =>
    spawnSync(process.execPath, ['-e', LOCK, SQLITE, path], { encoding: 'utf8' }).stdout.trim();
  const openOutbox = () => new Outbox({ path, log: pino({ level: 'silent' }), maxRecords: 1_000 });

  const first = openOutbox();
  expect(lockElsewhere()).toBe('SQLITE_BUSY');
  first.close();
  expect(lockElsewhere()).toBe('locked');
  truncateSync(path, 5_000);
  const salvaged = openOutbox();
  expect(lockElsewhere()).toBe('SQLITE_BUSY');
  salvaged.close();
});
