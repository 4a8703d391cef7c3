import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from './outbox.ts';
import { readSqliteLog } from './sqlite-log.ts';
import { openSqlitePages } from './sqlite-pages.ts';

const PAGE = 4096;
const FRAME = PAGE + 24;
const log = pino({ level: 'silent' });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What lies on the disk when ten rows were stored, each in its own transaction, and others never committed. */
function interrupted(): { path: string; bytes: Buffer } {
  const path = join(folder, 'copy.db');
  const db = new Database(join(folder, 'live.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('cache_size = 10');
  db.exec('CREATE TABLE t (seq INTEGER PRIMARY KEY, body TEXT)');
  const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
  for (let seq = 1; seq <= 10; seq++) insert.run(seq, 'x'.repeat(1_000));
  db.exec('BEGIN');
  for (let seq = 11; seq <= 200; seq++) insert.run(seq, 'x'.repeat(1_000));
  for (const suffix of ['', '-wal']) copyFileSync(join(folder, `live.db${suffix}`), path + suffix);
  db.close();
  return { path, bytes: readFileSync(`${path}-wal`) };
}

function spoil(path: string, bytes: Buffer, at: number): void {
  const spoilt = Buffer.from(bytes);
  spoilt[at] = (spoilt[at] ?? 0) ^ 1;
  writeFileSync(`${path}-wal`, spoilt);
}

function seqsIn(path: string): number[] {
  const pages = openSqlitePages(path);
  const rows = upTo(pages.count).flatMap((index) => [...pages.rowsAt(index - 1)]);
  pages.close();
  return [...new Set(rows.map(({ rowid }) => rowid))].sort((a, b) => a - b);
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test('rows that were never committed are not found', () => {
  const { path, bytes } = interrupted();
  expect(bytes.length).toBeGreaterThan(40 * FRAME);
  expect(readSqliteLog(`${path}-wal`, PAGE).isBroken).toBe(false);
  expect(seqsIn(path)).toEqual(upTo(10));
});

test('what lies behind a damaged frame is found, and the log is known to be broken', () => {
  const { path, bytes } = interrupted();
  spoil(path, bytes, 32 + 4 * FRAME + 1_000);
  const { pages, isBroken } = readSqliteLog(`${path}-wal`, PAGE);
  expect([pages.length > 10, isBroken]).toEqual([true, true]);
  expect(seqsIn(path)).toEqual(upTo(10));
});

test.each([
  ['a flipped bit', (bytes: Buffer) => bytes.fill((bytes[17] ?? 0) ^ 1, 17, 18)],
  ['a flipped bit in the word that says the order of bytes', (bytes: Buffer) => bytes.fill(0x83, 3, 4)],
  ['a spoilt first sector', (bytes: Buffer) => bytes.fill(0xa5, 0, 512)],
  ['a zeroed page', (bytes: Buffer) => bytes.fill(0, 0, PAGE)],
])('%s in the header spoils no later row, and the log is known to be broken', (_, damage) => {
  const { path, bytes } = interrupted();
  writeFileSync(`${path}-wal`, damage(Buffer.from(bytes)));
  expect(readSqliteLog(`${path}-wal`, PAGE).isBroken).toBe(true);
  expect(seqsIn(path)).toEqual(upTo(10));
});

test('frames of an earlier log are not taken for those of the present one', () => {
  const path = join(folder, 'live.db');
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (seq INTEGER PRIMARY KEY, body TEXT)');
  for (let seq = 1; seq <= 20; seq++) db.prepare('INSERT INTO t VALUES (?, ?)').run(seq, 'x');
  db.pragma('wal_checkpoint(PASSIVE)');
  db.prepare('DELETE FROM t WHERE seq > 1').run();
  const { pages, isBroken } = readSqliteLog(`${path}-wal`, PAGE);
  db.close();
  expect([pages.length, isBroken]).toEqual([1, false]);
});

test('an outbox whose log is damaged is salvaged, and gives no seq again', () => {
  const path = join(folder, 'outbox.db');
  const live = new Outbox({ path: join(folder, 'live', 'outbox.db'), log, maxRecords: 1_000 });
  const body = { sensor: 't1', temperatureC: 20, ageMs: 0 };
  const store = (outbox: Outbox, at: number) =>
    outbox.append(
      [{ kind: 'climate', measuredAt: at, monotonicMs: at, clockQuality: 'ntp', body }],
      '11111111-1111-4111-8111-111111111111',
    );
  for (let at = 1; at <= 100; at++) store(live, at);
  for (const suffix of ['', '-wal', '.reserve'])
    copyFileSync(join(folder, 'live', `outbox.db${suffix}`), path + suffix);
  live.close();
  const bytes = readFileSync(`${path}-wal`);
  spoil(path, bytes, Math.floor(bytes.length / 2));
  const outbox = new Outbox({ path, log, maxRecords: 1_000 });
  const seqs = new Set(outbox.takeRuns([], 1_000).flatMap(({ records }) => records.map(({ seq }) => seq)));
  expect(upTo(100).filter((seq) => !seqs.has(seq))).toEqual([]);
  expect([outbox.epoch, (store(outbox, 101)[0]?.seq ?? 0) > 100]).toEqual([live.epoch, true]);
  outbox.close();
  expect(readFileSync(`${path}.damaged-1-wal`).length).toBe(bytes.length);
});
