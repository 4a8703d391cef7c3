import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordDraft } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const RECORDS = 1_000;
const log = pino({ level: 'silent' });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-exchange-'));
  path = join(folder, 'outbox.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const drafts = (count: number) =>
  Array.from(
    { length: count },
    (_, i): RecordDraft => ({
      kind: 'climate',
      measuredAt: 1000 + i,
      monotonicMs: i,
      clockQuality: 'ntp',
      body: { sensor: 't1', temperatureC: 20, ageMs: 0 },
    }),
  );

function withOutbox<T>(use: (outbox: Outbox) => T, at = path): T {
  const outbox = new Outbox({ path: at, log, maxRecords: 100_000 });
  try {
    return use(outbox);
  } finally {
    outbox.close();
  }
}

function spoil(at: string): void {
  writeFileSync(at, readFileSync(at).fill(0, 0, 4096));
}

/** How many of the records that were stored are held, and whether a mark is. */
function heldAt(at: string): { records: number; isMarked: boolean } {
  const db = new Database(at, { readonly: true });
  const count = (where: string) =>
    db.prepare(`SELECT count(*) FROM record WHERE ${where}`).pluck().get() as number;
  const held = { records: count(`seq <= ${RECORDS}`), isMarked: count("kind = 'fault'") > 0 };
  db.close();
  return held;
}

/**
 * A damaged outbox at `path`, and beside it, in its own folder, the file that a salvage makes of it: marked with a record
 * that only it has, so that it is known again.
 */
function damagedAndSalvaged(): string {
  withOutbox((outbox) => outbox.append(drafts(RECORDS), BOOT));
  spoil(path);
  mkdirSync(join(folder, 'other'));
  const other = join(folder, 'other', 'outbox.db');
  for (const suffix of ['', '.reserve']) copyFileSync(path + suffix, other + suffix);
  const mark = { sensor: 't1', isRaised: true, reason: 'stale', detail: 'mark' } as const;
  const time = { measuredAt: 5000, monotonicMs: 0, clockQuality: 'ntp' } as const;
  withOutbox((outbox) => outbox.append([{ ...time, kind: 'fault', body: mark }], BOOT), other);
  copyFileSync(`${other}.reserve`, `${path}.reserve`);
  return other;
}

/** Names in the folder of the outbox that belong to a salvage. */
const leftovers = () => readdirSync(folder).filter((name) => /\.(salvag|damaged)/.test(name));

describe('a power cut in a salvage', () => {
  test.each<[step: string, leave: (salvaged: string) => void, isTaken: boolean]>([
    ['while the new file begins', () => writeFileSync(`${path}.salvaging`, 'half of it'), false],
    [
      'while the new file is filled',
      (salvaged) => {
        // Sound for SQLite, but without the second half of what it is to hold.
        const db = new Database(salvaged);
        db.exec(`DELETE FROM record WHERE seq BETWEEN 1 AND ${RECORDS / 2}`);
        db.close();
        copyFileSync(salvaged, `${path}.salvaging`);
      },
      false,
    ],
    [
      'before the new file has its last name',
      (salvaged) => copyFileSync(salvaged, `${path}.salvaging`),
      false,
    ],
    ['before the damaged file is set aside', (salvaged) => copyFileSync(salvaged, `${path}.salvaged`), true],
    [
      'before the log of the damaged file is set aside',
      (salvaged) => {
        copyFileSync(salvaged, `${path}.salvaged`);
        writeFileSync(`${path}-wal`, 'of the damaged file');
        renameSync(path, `${path}.damaged-1`);
      },
      true,
    ],
    [
      'before the new file is in its place',
      (salvaged) => {
        copyFileSync(salvaged, `${path}.salvaged`);
        renameSync(path, `${path}.damaged-1`);
      },
      true,
    ],
    [
      'when the new file is in its place',
      (salvaged) => {
        renameSync(path, `${path}.damaged-1`);
        copyFileSync(salvaged, path);
      },
      true,
    ],
  ])('%s', (_step, leave, isTaken) => {
    const salvaged = damagedAndSalvaged();
    const damaged = readFileSync(path);
    leave(salvaged);
    const [next] = withOutbox((outbox) => outbox.append(drafts(1), BOOT));
    expect(heldAt(path)).toEqual({ records: RECORDS, isMarked: isTaken });
    expect(next?.seq).toBeGreaterThan(RECORDS);
    expect(leftovers().filter((name) => !name.endsWith('-wal'))).toEqual(['outbox.db.damaged-1']);
    expect(readFileSync(`${path}.damaged-1`).equals(damaged)).toBe(true);
  });

  test('leaves a log that stays beside the file it belongs to', () => {
    const salvaged = damagedAndSalvaged();
    copyFileSync(salvaged, `${path}.salvaged`);
    writeFileSync(`${path}-wal`, 'of the damaged file');
    renameSync(path, `${path}.damaged-4`);
    withOutbox(() => {});
    expect(readFileSync(`${path}.damaged-4-wal`, 'utf8')).toBe('of the damaged file');
    expect(leftovers()).toEqual(['outbox.db.damaged-4', 'outbox.db.damaged-4-wal']);
  });

  test.each<[what: string, spoilIt: (salvaged: string) => void]>([
    ['is cut short', (salvaged) => truncateSync(salvaged, 20_000)],
    ['is empty', (salvaged) => truncateSync(salvaged, 0)],
    ['has no first page', spoil],
    ['holds less than was stored', (salvaged) => withTables(salvaged, 'UPDATE sqlite_sequence SET seq = 9')],
  ])('leaves a salvaged file that %s: it is made anew from the damaged one', (_what, spoilIt) => {
    copyFileSync(damagedAndSalvaged(), `${path}.salvaged`);
    spoilIt(`${path}.salvaged`);
    withOutbox(() => {});
    expect(heldAt(path)).toEqual({ records: RECORDS, isMarked: false });
    expect(leftovers()).toEqual(['outbox.db.damaged-1']);
  });
});

function withTables(at: string, sql: string): void {
  const db = new Database(at);
  db.exec(sql);
  db.close();
}

describe('files that were set aside', () => {
  const damageTimes = (times: number) => {
    for (let n = 0; n < times; n++) {
      withOutbox((outbox) => outbox.append(drafts(10), BOOT));
      spoil(path);
    }
    withOutbox(() => {});
  };

  test('stay where they are the newest two, by number and not by name', () => {
    damageTimes(1);
    renameSync(`${path}.damaged-1`, `${path}.damaged-9`);
    damageTimes(2);
    expect(leftovers().sort()).toEqual(['outbox.db.damaged-10', 'outbox.db.damaged-11']);
  });

  test('go with their logs, and nothing else goes', () => {
    for (const name of ['damaged-1', 'damaged-1-wal', 'damaged-2', 'damaged-2-wal', 'damaged-mine'])
      writeFileSync(`${path}.${name}`, name);
    damageTimes(1);
    expect(leftovers().sort()).toEqual([
      'outbox.db.damaged-2',
      'outbox.db.damaged-2-wal',
      'outbox.db.damaged-3',
      'outbox.db.damaged-mine',
    ]);
  });

  test('stay all while the outbox is sound', () => {
    for (const n of [1, 2, 3]) writeFileSync(`${path}.damaged-${n}`, 'old');
    withOutbox((outbox) => outbox.append(drafts(10), BOOT));
    expect(leftovers()).toHaveLength(3);
    expect(existsSync(path)).toBe(true);
  });
});
