import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainAfter, chainStart, type DeviceRecord, type RecordDraft } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const log = pino({ level: 'silent' });
const RECORDS = 1_000;

let folder: string;
let path: string;
let open: Outbox[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-salvage-'));
  path = join(folder, 'outbox.db');
  open = [];
});
afterEach(() => {
  for (const outbox of open) outbox.close();
  rmSync(folder, { recursive: true });
});

function outboxAt(): Outbox {
  const outbox = new Outbox({ path, log, maxRecords: 100_000 });
  open.push(outbox);
  return outbox;
}

function close(outbox: Outbox): void {
  outbox.close();
  open = open.filter((o) => o !== outbox);
}

/** A climate sample, or a fault with a detail of 200 letters now and then. */
const draft = (i: number): RecordDraft => {
  const time = { measuredAt: 1000 + i, monotonicMs: i, clockQuality: 'ntp' } as const;
  const fault = { sensor: 't1', isRaised: true, reason: 'stale', detail: 'x'.repeat(200) } as const;
  return i % 50 === 0
    ? { ...time, kind: 'fault', body: fault }
    : { ...time, kind: 'climate', body: { sensor: 't1', temperatureC: 20 + i / 1000, ageMs: 0 } };
};
const drafts = (count: number) => Array.from({ length: count }, (_, i) => draft(i));

const held = (outbox: Outbox) =>
  outbox
    .takeRuns([], 1_000)
    .flatMap(({ records }) => records)
    .sort((a, b) => a.seq - b.seq);

/** A file with records whose first tenth was delivered, as it lies on the disk after a stop. */
function filled(count = RECORDS): { epoch: string; records: DeviceRecord[] } {
  const outbox = outboxAt();
  const records = outbox.append(drafts(count), BOOT);
  const upTo = count / 10;
  outbox.applyReceipt({ v: 1, epoch: outbox.epoch, upTo, have: [], dead: [] });
  close(outbox);
  return { epoch: outbox.epoch, records: records.slice(upTo) };
}

function overwrite(at: number, bytes: Uint8Array): void {
  const file = readFileSync(path);
  file.set(bytes, at);
  writeFileSync(path, file);
}

/** Everything that was there is held unchanged, or named by a tombstone; nothing has another seq. */
function expectHonest(outbox: Outbox, records: readonly DeviceRecord[]): DeviceRecord[] {
  const now = held(outbox);
  const before = new Map(records.map((record) => [record.seq, record]));
  const stones = now.flatMap(({ kind, body }) => (kind === 'tombstone' ? [body] : []));
  const there = now.filter(({ seq }) => before.has(seq));
  expect(there.map(({ bootNumber: _, ...record }) => record)).toEqual(
    there.map(({ seq }) => {
      const { bootNumber: _, ...record } = before.get(seq) as DeviceRecord;
      return record;
    }),
  );
  const seqs = new Set(now.map(({ seq }) => seq));
  const unnamed = records.filter(
    ({ seq }) => !seqs.has(seq) && !stones.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq),
  );
  expect(unnamed).toEqual([]);
  return there;
}

describe('a damaged file', () => {
  test('keeps what is sound on every page but the one that is gone, whichever that is', () => {
    const { epoch, records } = filled();
    const whole = readFileSync(path);
    for (const suffix of ['.reserve']) expect(existsSync(path + suffix)).toBe(true);
    const reserve = readFileSync(`${path}.reserve`);
    const pages = whole.length / 4096;
    const shares: number[] = [];
    for (let page = 0; page < pages; page += Math.ceil(pages / 12)) {
      writeFileSync(path, whole);
      writeFileSync(`${path}.reserve`, reserve);
      overwrite(page * 4096, new Uint8Array(4096));
      const outbox = outboxAt();
      expect(outbox.epoch).toBe(epoch);
      shares.push(expectHonest(outbox, records).length / records.length);
      close(outbox);
      rmSync(path);
    }
    expect(Math.min(...shares)).toBeGreaterThan(0.95);
  });

  test.each([
    ['is no database any more', () => writeFileSync(path, 'x'.repeat(10_000)), 0],
    ['was cut short', () => truncateSync(path, 40_000), 0.01],
    ['is empty', () => truncateSync(path, 0), 0],
    ['is gone', () => rmSync(path), 0],
  ])('that %s goes on in its epoch and gives no seq again', (_name, damage, least) => {
    const { epoch, records } = filled();
    damage();
    const outbox = outboxAt();
    expect(outbox.epoch).toBe(epoch);
    const there = expectHonest(outbox, records);
    expect(there.length / records.length).toBeGreaterThanOrEqual(least);
    const [next] = outbox.append(drafts(1), BOOT);
    expect(next?.seq).toBeGreaterThan(RECORDS);
    if (there.length === 0) expect(next?.bootNumber).toBe(2);
  });

  test('without anything that names its epoch is set aside, and a new epoch begins', () => {
    const { epoch } = filled();
    writeFileSync(path, 'x'.repeat(10_000));
    rmSync(`${path}.reserve`);
    const outbox = outboxAt();
    expect(outbox.epoch).not.toBe(epoch);
    expect(outbox.append(drafts(1), BOOT).map(({ seq }) => seq)).toEqual([1]);
    expect(existsSync(`${path}.damaged-1`)).toBe(true);
  });

  test('that is older than its reserve does not give seqs again', () => {
    const { records } = filled();
    const old = readFileSync(path);
    const outbox = outboxAt();
    const later = [1, 2, 3].flatMap(() => outbox.append(drafts(RECORDS), BOOT));
    close(outbox);
    writeFileSync(path, old);
    const after = outboxAt();
    expectHonest(after, [...records, ...later]);
    expect(after.append(drafts(1), BOOT)[0]?.seq).toBeGreaterThan(later.at(-1)?.seq ?? 0);
  });

  test('whose epoch has a flipped bit does not give its records another identity', () => {
    const { epoch, records } = filled();
    const at = readFileSync(path).indexOf(epoch);
    overwrite(at + 35, Buffer.from(epoch.endsWith('0') ? '1' : '0'));
    const outbox = outboxAt();
    expect(outbox.epoch).toBe(epoch);
    expect(expectHonest(outbox, records)).toHaveLength(records.length);
  });
});

test.each([
  ['the header', () => [0, 100]],
  ...['CREATE TABLE record', 'CREATE TABLE boot', 'CREATE INDEX record_event'].map(
    (statement): [string, (file: Buffer) => number[]] => [
      statement,
      (file) => {
        const from = file.indexOf(statement);
        return [from, file.indexOf(statement.includes('TABLE') ? ')' : ' = 1', from)];
      },
    ],
  ),
] satisfies [string, (file: Buffer) => number[]][])(
  'a bit that is flipped anywhere in %s takes no record away',
  (_, placeIn) => {
    const { epoch, records } = filled(60);
    const whole = readFileSync(path);
    const reserve = readFileSync(`${path}.reserve`);
    const [from = 0, to = 0] = placeIn(whole);
    expect(to).toBeGreaterThan(from);
    for (let at = from; at < to; at++) {
      for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
      writeFileSync(`${path}.reserve`, reserve);
      writeFileSync(path, whole);
      overwrite(at, Buffer.from([(whole[at] ?? 0) ^ (1 << (at % 8))]));
      const outbox = outboxAt();
      expect(outbox.epoch).toBe(epoch);
      expect(expectHonest(outbox, records)).toHaveLength(records.length);
      expect(outbox.append(drafts(1), BOOT)[0]?.seq).toBeGreaterThan(60);
      close(outbox);
    }
  },
);

describe('the chain', () => {
  const verify = (outbox: Outbox, from: string) => {
    const runs = outbox.takeRuns([], 1_000).sort((a, b) => a.fromSeq - b.fromSeq);
    let chain = from;
    for (const { chainBefore, records } of runs) {
      expect(chainBefore).toBe(chain);
      for (const record of records) chain = chainAfter(chain, record);
    }
    return chain;
  };

  test('goes through every record, also when the file is opened again after its last one has left', () => {
    const first = outboxAt();
    first.append([draft(1), { ...draft(2), measuredAt: 0.5 }, draft(3)], BOOT);
    const head = verify(first, chainStart(first.epoch));
    first.applyReceipt({ v: 1, epoch: first.epoch, upTo: 4, have: [], dead: [] });
    close(first);
    const second = outboxAt();
    second.append(drafts(300), BOOT);
    verify(second, head);
  });

  test('is given to a file that had none, and no row is lost', () => {
    const records = [1, 2, 4].map((seq) => ({ ...draft(seq), seq, bootId: BOOT }));
    oldFile(records);
    const outbox = outboxAt();
    expect(held(outbox).map(({ bootNumber: _, ...record }) => record)).toEqual(records);
    verify(outbox, chainStart(outbox.epoch));
    expect(outbox.append(drafts(1), BOOT).map(({ seq }) => seq)).toEqual([8]);
    close(outbox);
    expect(outboxAt().count).toBe(4);
  });
});

/** As the first version of the agent made it; seqs 5 to 7 have left. */
function oldFile(records: readonly DeviceRecord[]): void {
  const raw = new Database(path);
  raw.pragma('journal_mode = WAL');
  raw.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE record (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, measured_at INTEGER NOT NULL,
      mono INTEGER NOT NULL, boot_id TEXT NOT NULL, clock TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
      is_event INTEGER NOT NULL);
    CREATE INDEX record_event ON record (seq) WHERE is_event = 1;
    INSERT INTO meta VALUES ('epoch', '44444444-4444-4444-8444-444444444444');`);
  const insert = raw.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const { seq, kind, measuredAt, monotonicMs, bootId, clockQuality, body } of records) {
    const text = JSON.stringify([kind, measuredAt, monotonicMs, clockQuality, bootId, sorted(body)]);
    const digest = hash('sha256', text);
    const event = kind === 'climate' ? 0 : 1;
    insert.run(seq, kind, measuredAt, monotonicMs, bootId, clockQuality, JSON.stringify(body), digest, event);
  }
  raw.exec("UPDATE sqlite_sequence SET seq = 7 WHERE name = 'record'");
  raw.close();
}

/** With its keys in order; the bodies of these tests are flat. */
function sorted(body: object): object {
  return Object.fromEntries(Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1)));
}
