import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GrowthLimit } from './growth-limit.ts';
import { isFull, openSqliteFile } from './sqlite-file.ts';

const MAX_PAGES = 1_000;
const EPOCH = '00000000-0000-4000-8000-000000000001';

let folder: string;
let db: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-growth-'));
  const opened = openSqliteFile(join(folder, 'outbox.db'), MAX_PAGES, EPOCH);
  if (opened.kind !== 'open') throw new TypeError(opened.reason);
  db = opened.db;
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function grow(): 'grown' | 'full' {
  try {
    db.prepare('INSERT INTO meta VALUES (?, ?)').run(
      `${db.prepare('SELECT count(*) FROM meta').pluck().get()}`,
      'x'.repeat(20_000),
    );
    return 'grown';
  } catch (error) {
    if (isFull(error)) return 'full';
    throw error;
  }
}

test('the file stops growing while little is free beside it, and grows again when there is more', () => {
  let free = 100e6;
  const limit = new GrowthLimit(db, MAX_PAGES, () => free);
  const tryAt = (bytes: number) => {
    free = bytes;
    limit.look();
    return grow();
  };
  expect([tryAt(100e6), tryAt(1e6), tryAt(0), tryAt(5e6)]).toEqual(['grown', 'full', 'full', 'grown']);
  db.exec('DELETE FROM meta WHERE length(value) > 1000');
  expect(tryAt(1e6)).toBe('grown');
});

test('a larger file keeps more free: the change that makes room in it has a longer log', () => {
  const limit = new GrowthLimit(db, MAX_PAGES, () => 1.1e6);
  limit.look();
  expect(grow()).toBe('grown');
  for (let i = 0; i < 100; i++) grow();
  limit.look();
  expect(grow()).toBe('full');
});

test('the cap of the file holds after little was free', () => {
  let free = 0;
  const limit = new GrowthLimit(db, MAX_PAGES, () => free);
  limit.look();
  free = 100e6;
  limit.look();
  let writes = 0;
  while (grow() === 'grown') writes += 1;
  expect(writes).toBeGreaterThan(100);
  expect(db.pragma('page_count', { simple: true })).toBeLessThanOrEqual(MAX_PAGES);
});
