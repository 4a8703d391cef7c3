import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordDraft, TombstoneBody } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Outbox } from './outbox.ts';
import { OutboxRows } from './outbox-rows.ts';
import { rowOf } from './record-row.ts';
import { salvageInto } from './salvage.ts';
import { SalvageParts } from './salvage-parts.ts';
import { SeqReserve } from './seq-reserve.ts';
import { openSqliteFile } from './sqlite-file.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const EPOCH = '22222222-2222-4222-8222-222222222222';
const SILENT = pino({ level: 'silent' });
const RECORDS = 6_000;
/** One record in so many is an event. */
const EVENT_EVERY = 10;
const EVENTS = RECORDS / EVENT_EVERY;
const MB = 1024 * 1024;

let folder: string;
let path: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-room-'));
  path = join(folder, 'outbox.db');
  target = join(folder, 'new.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A climate sample, or now and then a fault with a detail of 200 letters. */
function draft(i: number): RecordDraft {
  const time = { measuredAt: 1000 + i, monotonicMs: i, clockQuality: 'ntp' } as const;
  const fault = { sensor: 't1', isRaised: true, reason: 'stale', detail: 'x'.repeat(200) } as const;
  return i % EVENT_EVERY === 0
    ? { ...time, kind: 'fault', body: fault }
    : { ...time, kind: 'climate', body: { sensor: 't1', temperatureC: 20 + i / 1000, ageMs: 0 } };
}

/** A file of which only the first page is gone: every record in it is sound. */
function damagedFile(): void {
  const outbox = new Outbox({ path, log: SILENT, maxRecords: 100_000 });
  outbox.append(
    Array.from({ length: RECORDS }, (_, i) => draft(i)),
    BOOT,
  );
  outbox.close();
  writeFileSync(path, readFileSync(path).fill(0, 0, 4096));
}

interface Told {
  code?: string;
  dropped?: number;
  events?: number;
}

/** Salvages on a disk that has so much room for the new file; what it told comes back. */
function salvageOn(bytes: number): Told[] {
  const told: Told[] = [];
  const log: Logger = pino({ base: null }, { write: (line) => told.push(JSON.parse(line)) });
  const reserve = SeqReserve.read(`${path}.reserve`, log);
  if (reserve === undefined) throw new Error('an outbox has a reserve');
  const freeBytes = () => bytes - (existsSync(target) ? statSync(target).size : 0);
  salvageInto({ target, damaged: path, reserve, log, freeBytes });
  return told;
}

interface Salvaged {
  events: number[];
  routine: number[];
  stones: TombstoneBody[];
}

function salvaged(): Salvaged {
  const db = new Database(target, { readonly: true });
  const seqs = (flag: number) =>
    db
      .prepare('SELECT seq FROM record WHERE is_event = ? AND seq <= ? ORDER BY seq')
      .pluck()
      .all(flag, RECORDS) as number[];
  const bodies = db.prepare("SELECT body FROM record WHERE kind = 'tombstone'").pluck().all() as string[];
  const found = { events: seqs(1), routine: seqs(0), stones: bodies.map((body) => JSON.parse(body)) };
  db.close();
  return found;
}

const isNamed = (stones: readonly TombstoneBody[], seq: number, reason: TombstoneBody['reason']) =>
  stones.some((stone) => stone.reason === reason && stone.fromSeq <= seq && seq <= stone.toSeq);

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a disk with room', () => {
  test('for all of a damaged file gets all of it', () => {
    damagedFile();
    const told = salvageOn(100 * MB);
    const { events, routine, stones } = salvaged();
    expect(events.length + routine.length).toBe(RECORDS);
    expect(stones.map(({ reason }) => reason)).toEqual(['damaged']);
    expect(told.filter(({ code }) => code !== undefined)).toEqual([]);
    expect(statSync(target).size).toBeLessThan(1.15 * statSync(path).size);
  });

  test('gives no seq again where the reserve is behind the file', () => {
    damagedFile();
    // As after writes that failed: only the first records are in it.
    rmSync(`${path}.reserve`);
    const note = { epoch: EPOCH, seq: 10, given: 10, boots: 1, unstored: 0 };
    SeqReserve.make(`${path}.reserve`, SILENT, note);
    salvageOn(0.6 * statSync(path).size + MB);
    const db = new Database(target, { readonly: true });
    const stones = db.prepare("SELECT min(seq) FROM record WHERE kind = 'tombstone'").pluck().get();
    db.close();
    expect(stones).toBe(RECORDS + 2);
    const { events, routine, stones: named } = salvaged();
    const kept = new Set([...events, ...routine]);
    const isAccounted = (seq: number) =>
      kept.has(seq) || isNamed(named, seq, 'outbox-full') || isNamed(named, seq, 'damaged');
    expect(upTo(RECORDS + 1).filter((seq) => !isAccounted(seq))).toEqual([]);
  });

  test('for some of it gets all events and the newest of the others, and the rest is named', () => {
    damagedFile();
    const room = 0.6 * statSync(path).size + MB;
    const told = salvageOn(room);
    const { events, routine, stones } = salvaged();
    expect(events).toHaveLength(EVENTS);
    expect(routine.length).toBeGreaterThan(RECORDS / 4);
    const first = routine[0] ?? 0;
    const newest = upTo(RECORDS).filter((seq) => seq >= first && (seq - 1) % EVENT_EVERY !== 0);
    expect(routine).toEqual(newest);
    const gone = upTo(first - 1).filter((seq) => (seq - 1) % EVENT_EVERY !== 0);
    expect(gone.filter((seq) => !isNamed(stones, seq, 'outbox-full'))).toEqual([]);
    expect(stones.filter(({ reason }) => reason === 'damaged').map(({ fromSeq }) => fromSeq)).toEqual([
      RECORDS + 1,
    ]);
    expect(told.filter(({ code }) => code !== undefined)).toMatchObject([
      { code: 'EDGE_OUTBOX_NO_ROOM', dropped: gone.length, events: 0 },
    ]);
    // What is left is enough for the log of a change that goes through all of the file.
    expect(room - statSync(target).size).toBeGreaterThan(statSync(target).size);
    expect(gone.length).toBeGreaterThan(RECORDS / 4);
  });

  test('for some of the events gets the newest of them', () => {
    damagedFile();
    const told = salvageOn(0.5 * MB);
    const { events, routine, stones } = salvaged();
    expect(routine).toEqual([]);
    expect(events.length).toBeGreaterThan(50);
    expect(events.at(-1)).toBe(RECORDS - EVENT_EVERY + 1);
    const gone = upTo(RECORDS).filter((seq) => !events.includes(seq));
    expect(gone.filter((seq) => !isNamed(stones, seq, 'outbox-full'))).toEqual([]);
    expect(told.find(({ code }) => code !== undefined)).toMatchObject({ events: EVENTS - events.length });
  });

  test('for nothing is told so, and the damaged file stays as it is', () => {
    damagedFile();
    const before = readFileSync(path);
    expect(() => salvageOn(0)).toThrow(expect.objectContaining({ code: 'EDGE_OUTBOX_NO_ROOM' }));
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(target)).toBe(false);
  });
});

describe('the parts of a salvage', () => {
  function withRows(use: (rows: OutboxRows) => void): void {
    const opened = openSqliteFile(target, 100_000, EPOCH);
    if (opened.kind === 'damaged') throw new Error(opened.reason);
    const rows = new OutboxRows(opened.db);
    use(rows);
    rows.close();
  }
  const rowAt = (seq: number) => rowOf({ ...draft(seq), seq, bootId: BOOT, bootNumber: 1 }, '');

  test('are transactions of at most 500 records', () =>
    withRows((rows) => {
      const parts = new SalvageParts(rows, () => true, SILENT);
      const transaction = vi.spyOn(rows, 'transaction');
      const carry = vi.spyOn(rows, 'carry');
      parts.carry(upTo(1_100).map(rowAt));
      expect([transaction.mock.calls.length, carry.mock.calls.length, rows.count()]).toEqual([
        3, 1_100, 1_100,
      ]);
    }));

  test('go through a disk that is full for SQLite, too', () =>
    withRows((rows) => {
      const parts = new SalvageParts(rows, () => true, SILENT);
      vi.spyOn(rows, 'carry').mockImplementation(({ seq }) => {
        if (seq <= 70) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
      });
      parts.carry(upTo(100).map(rowAt));
      expect(parts.withoutRoom.toSorted((a, b) => a - b)).toEqual(upTo(70));
    }));

  test('say after many records how far they have come', () =>
    withRows((rows) => {
      const told: unknown[] = [];
      const log: Logger = pino({ base: null }, { write: (line) => told.push(JSON.parse(line)) });
      const row = rowAt(1);
      new SalvageParts(rows, () => false, log).carry(upTo(100_000).map((seq) => ({ ...row, seq })));
      expect(told).toMatchObject([{ records: 50_000 }, { records: 100_000 }]);
    }));
});
