import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceRecord, ReceiptMessage, RecordDraft, SeqRanges } from '@jostle/contracts';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GrowthLimit } from './growth-limit.ts';
import { Outbox } from './outbox.ts';
import { OutboxRows } from './outbox-rows.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const log = pino({ level: 'silent' });

let folder: string;
let path: string;
let open: Outbox[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-outbox-'));
  path = join(folder, 'data', 'outbox.db');
  open = [];
});
afterEach(() => {
  for (const outbox of open) outbox.close();
  rmSync(folder, { recursive: true });
});

function outboxAt(maxRecords = 10_000): Outbox {
  const outbox = new Outbox({ path, log, maxRecords });
  open.push(outbox);
  return outbox;
}

function close(outbox: Outbox): void {
  outbox.close();
  open = open.filter((o) => o !== outbox);
}

const climate = (measuredAt: number, sensor = 't1'): RecordDraft => ({
  kind: 'climate',
  measuredAt,
  monotonicMs: measuredAt,
  clockQuality: 'ntp',
  body: { sensor, temperatureC: 21.5, ageMs: 12 },
});
const fault = (measuredAt: number): RecordDraft => ({
  kind: 'fault',
  measuredAt,
  monotonicMs: measuredAt,
  clockQuality: 'ntp',
  body: { sensor: 'adxl375-53', isRaised: true, reason: 'stale', detail: '' },
});
const many = (count: number, draft: (at: number) => RecordDraft = climate) =>
  Array.from({ length: count }, (_, i) => draft(1000 + i));
const receipt = (outbox: Outbox, fields: Partial<ReceiptMessage>): ReceiptMessage => ({
  v: 1,
  epoch: outbox.epoch,
  upTo: 0,
  have: [],
  dead: [],
  ...fields,
});
/** Every seq that the outbox would send, in order. */
const held = (outbox: Outbox) =>
  outbox
    .takeRuns([], 1_000)
    .flatMap(({ records }) => records.map(({ seq }) => seq))
    .sort((a, b) => a - b);
const stonesOf = (records: readonly DeviceRecord[]) =>
  records.flatMap(({ kind, body }) => (kind === 'tombstone' ? [body] : []));

describe('an outbox', () => {
  test('goes on with its epoch, its seq and its latest time when it is opened again', () => {
    const first = outboxAt();
    expect(first.append(many(3), BOOT).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    first.applyReceipt(receipt(first, { upTo: 3 }));
    close(first);
    const second = outboxAt();
    expect(second.epoch).toBe(first.epoch);
    expect([second.count, second.lastMeasuredAt]).toEqual([0, 1002]);
    expect(second.append(many(1), BOOT).map(({ seq }) => seq)).toEqual([4]);
    expect(second.lastMeasuredAt).toBe(1002);
  });

  test('numbers the boots in the order in which they come, also when it is opened again', () => {
    const boots = [BOOT, 'b', 'c'].map((id) => id.padEnd(36, '0'));
    const [a = '', b = '', c = ''] = boots;
    const numberOf = (outbox: Outbox, bootId: string) => outbox.append(many(1), bootId)[0]?.bootNumber;
    const first = outboxAt();
    expect([a, b, a, b].map((bootId) => numberOf(first, bootId))).toEqual([1, 2, 1, 2]);
    close(first);
    const second = outboxAt();
    expect([a, c, b].map((bootId) => numberOf(second, bootId))).toEqual([1, 3, 2]);
    const sent = second.takeRuns([], 20).flatMap((run) => run.records);
    expect(sent.sort((x, y) => x.seq - y.seq).map(({ bootNumber }) => bootNumber)).toEqual([
      1, 2, 1, 2, 1, 3, 2,
    ]);
  });

  test('of another agent cannot be opened', () => {
    outboxAt();
    expect(() => outboxAt()).toThrow(expect.objectContaining({ code: 'EDGE_OUTBOX_IN_USE' }));
  });

  test('gives back what was put in', () => {
    const outbox = outboxAt();
    const records = outbox.append([climate(5), fault(6)], BOOT);
    const sent = outbox.takeRuns([], 20).flatMap((run) => run.records);
    expect(sent.sort((a, b) => a.seq - b.seq)).toEqual(records);
  });

  test.each([
    ['a body that does not fit its kind', { ...fault(5), body: { sensor: '' } }],
    ['a text that no store takes', { ...fault(5), body: { ...fault(5).body, detail: 'a\0b' } }],
    ['a time that is no whole millisecond', { ...climate(5.5) }],
    ['a time that is no number', { ...climate(Number.NaN) }],
    ['an unknown kind', { ...climate(5), kind: 'smell' }],
  ])('puts a tombstone in the place of %s, and keeps its neighbours', (_name, draft) => {
    const outbox = outboxAt();
    const records = outbox.append([climate(4), draft as RecordDraft, climate(6)], BOOT);
    expect(records.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'climate'],
      [3, 'tombstone'],
      [4, 'climate'],
    ]);
    expect(stonesOf(records)).toEqual([{ fromSeq: 2, toSeq: 2, reason: 'refused' }]);
    expect(held(outbox)).toEqual([1, 3, 4]);
  });
});

describe('a receipt', () => {
  test('takes out what it covers: all up to a seq, ranges above it, and what went into quarantine', () => {
    const outbox = outboxAt();
    outbox.append(many(10), BOOT);
    const outcome = outbox.applyReceipt(
      receipt(outbox, { upTo: 2, have: [[5, 6]], dead: [{ seq: 9, code: 'INGEST_RECORD_MALFORMED' }] }),
    );
    expect(outcome).toEqual({
      kind: 'applied',
      removed: 5,
      covered: [
        [1, 2],
        [5, 6],
        [9, 9],
      ],
    });
    expect(held(outbox)).toEqual([3, 4, 7, 8, 10]);
    expect([outbox.count, outbox.span]).toEqual([5, { minSeq: 3, maxSeq: 10 }]);
  });

  test.each([
    ['another epoch', { epoch: '22222222-2222-4222-8222-222222222222', upTo: 2 }, 'other-epoch'],
    ['a seq beyond the last', { upTo: 6 }, 'beyond-last-seq'],
    ['a range beyond the last', { have: [[4, 9]] as [number, number][] }, 'beyond-last-seq'],
  ])('for %s changes nothing', (_name, fields, reason) => {
    const outbox = outboxAt();
    outbox.append(many(5), BOOT);
    expect(outbox.applyReceipt(receipt(outbox, fields))).toEqual({ kind: 'refused', reason });
    expect(outbox.count).toBe(5);
  });

  test('with garbage in the quarantine that names a seq never given lets go of the rest', () => {
    const outbox = outboxAt();
    outbox.append(many(5), BOOT);
    const dead = [{ seq: 7, code: 'INGEST_RECORD_MALFORMED' }] as ReceiptMessage['dead'];
    const outcome = outbox.applyReceipt(receipt(outbox, { upTo: 2, dead }));
    expect(outcome).toEqual({ kind: 'applied', removed: 2, covered: [[1, 2]] });
    outbox.append(many(3), BOOT);
    expect(held(outbox)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test('takes rows out of the file with the next append, or when the outbox is closed', () => {
    const rowsOnDisk = () => {
      const raw = new Database(path, { readonly: true });
      try {
        return raw.prepare('SELECT count(*) FROM record').pluck().get();
      } finally {
        raw.close();
      }
    };
    const first = outboxAt();
    first.append(many(10), BOOT);
    first.applyReceipt(receipt(first, { upTo: 4 }));
    first.append(many(1), BOOT);
    first.applyReceipt(receipt(first, { upTo: 6, have: [[8, 8]] }));
    expect([first.count, held(first)]).toEqual([4, [7, 9, 10, 11]]);
    expect(first.span).toEqual({ minSeq: 7, maxSeq: 11 });
    close(first);
    expect(rowsOnDisk()).toBe(4);
    const second = outboxAt();
    expect([second.count, held(second)]).toEqual([4, [7, 9, 10, 11]]);
  });

  test('for many rows takes them out at once', () => {
    const outbox = outboxAt();
    outbox.append(many(5000), BOOT);
    expect(outbox.applyReceipt(receipt(outbox, { upTo: 4000 }))).toMatchObject({ removed: 4000 });
    expect(outbox.applyReceipt(receipt(outbox, { upTo: 4001 }))).toMatchObject({ removed: 1 });
    expect([outbox.count, outbox.span]).toEqual([999, { minSeq: 4002, maxSeq: 5000 }]);
  });

  test('leaves exactly what no receipt named, whatever the order of receipts', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(
        fc.array(fc.record({ upTo: fc.nat(20), have: fc.array(range, { maxLength: 4 }) })),
        (receipts) => {
          rmSync(join(folder, 'data'), { recursive: true, force: true });
          const outbox = outboxAt();
          outbox.append(many(40), BOOT);
          const left = new Set(Array.from({ length: 40 }, (_, i) => i + 1));
          for (const { upTo, have } of receipts) {
            outbox.applyReceipt(receipt(outbox, { upTo, have }));
            for (const seq of [...left])
              if (seq <= upTo || have.some(([a, b]) => a <= seq && seq <= b)) left.delete(seq);
          }
          expect(held(outbox)).toEqual([...left]);
          expect(outbox.count).toBe(left.size);
          close(outbox);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('what is sent next', () => {
  test('is events, then the newest records, then the backlog from its beginning', () => {
    const outbox = outboxAt();
    outbox.append([...many(500), fault(2000), ...many(300), fault(3000)], BOOT);
    const runs = outbox.takeRuns([], 20).map(({ fromSeq, toSeq }) => [fromSeq, toSeq]);
    expect(runs).toEqual([
      [501, 501],
      [802, 802],
      [602, 801],
      [1, 200],
      [201, 400],
      [401, 500],
      [502, 601],
    ]);
  });

  test('has a place for the newest records however many events are scattered over the backlog', () => {
    const outbox = outboxAt();
    for (let n = 0; n < 30; n++) outbox.append([fault(n), ...many(2)], BOOT);
    const spans = (inFlight: SeqRanges, room: number) =>
      outbox.takeRuns(inFlight, room).map(({ fromSeq, toSeq }) => [fromSeq, toSeq]);
    expect(spans([], 3)).toEqual([
      [1, 1],
      [4, 4],
      [5, 90],
    ]);
    // Where only one place at a time becomes free it is every second one.
    expect(spans([[1, 1]], 1)).toEqual([[4, 4]]);
    expect(spans([[1, 4]], 1)).toEqual([[5, 90]]);
  });

  test('is nothing that is already on its way, and no more than there is room for', () => {
    const outbox = outboxAt();
    outbox.append(many(1000), BOOT);
    const runs = outbox
      .takeRuns(
        [
          [1, 200],
          [801, 1000],
        ],
        2,
      )
      .map(({ fromSeq, toSeq }) => [fromSeq, toSeq]);
    expect(runs).toEqual([
      [201, 400],
      [401, 600],
    ]);
  });

  test('holds every record once', () => {
    const outbox = outboxAt();
    outbox.append(many(300), BOOT);
    outbox.append(many(300, fault), '33333333-3333-4333-8333-333333333333');
    outbox.append(many(300), BOOT);
    expect(held(outbox)).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
  });
});

/** Every seq that a tombstone of this reason names. */
const namedBy = (records: readonly DeviceRecord[], reason: string) =>
  new Set(
    stonesOf(records)
      .filter((stone) => stone.reason === reason)
      .flatMap(({ fromSeq, toSeq }) => Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => fromSeq + i)),
  );

describe('a full outbox', () => {
  test('lets go of routine records only, names every one, and goes on with what is left', () => {
    const outbox = outboxAt(100);
    const all: DeviceRecord[] = [];
    for (let i = 0; i < 30; i++) all.push(...outbox.append([fault(i), ...many(9)], BOOT));
    expect(outbox.count).toBeLessThanOrEqual(100);
    const left = new Set(held(outbox));
    expect(all.filter(({ kind, seq }) => kind !== 'climate' && !left.has(seq))).toEqual([]);
    const named = namedBy(all, 'outbox-full');
    const gone = all.map(({ seq }) => seq).filter((seq) => !left.has(seq));
    expect(gone.filter((seq) => !named.has(seq))).toEqual([]);
    expect(left.has(all.findLast(({ kind }) => kind === 'climate')?.seq ?? 0)).toBe(true);
    close(outbox);
    expect(outboxAt(100).count).toBe(left.size);
  });

  test('thins climate of each sensor before it drops any span, and keeps coverage', () => {
    const outbox = outboxAt(1_500);
    const coverage = (at: number): RecordDraft => ({
      kind: 'coverage',
      measuredAt: at,
      monotonicMs: at,
      clockQuality: 'ntp',
      body: {
        sensor: 'adxl375-53',
        startsAt: at,
        endsAt: at + 60_000,
        samples: 48_000,
        lostSamples: 0,
        peakG: 1,
        rejectedTriggers: 0,
      },
    });
    const all: DeviceRecord[] = [];
    for (let minute = 0; minute < 500; minute++) {
      const at = minute * 60_000;
      const samples = [0, 1, 2].flatMap((i) => [climate(at + i, 'inside'), climate(at + i, 'outside')]);
      all.push(...outbox.append([...samples, coverage(at)], BOOT));
    }
    const left = new Set(held(outbox));
    expect(all.filter(({ kind, seq }) => kind !== 'climate' && !left.has(seq))).toEqual([]);
    const kept = all.filter(({ seq }) => left.has(seq));
    const minutesWith = (sensor: string) =>
      new Set(
        kept.flatMap((r) =>
          r.kind === 'climate' && r.body.sensor === sensor ? [Math.floor(r.measuredAt / 600_000)] : [],
        ),
      ).size;
    // A sample of each sensor in every ten minutes of more than eight hours.
    expect([minutesWith('inside'), minutesWith('outside')]).toEqual([50, 50]);
    expect(stonesOf(all).length).toBeLessThan(200);
  });
});

test('names what could not be stored, with seqs of its own', () => {
  const outbox = outboxAt();
  outbox.append(many(3), BOOT);
  outbox.nameUnstored(5, BOOT, climate(9));
  expect(outbox.append(many(1), BOOT).map(({ seq }) => seq)).toEqual([10]);
  const sent = outbox.takeRuns([], 20).flatMap((run) => run.records);
  expect(stonesOf(sent)).toEqual([{ fromSeq: 4, toSeq: 8, reason: 'not-stored' }]);
  expect(held(outbox)).toEqual([1, 2, 3, 9, 10]);
});

test('a file that has no room left takes new records in the place of old routine ones', () => {
  const outbox = new Outbox({ path, log, maxRecords: 1_000_000, maxPages: 100 });
  open.push(outbox);
  const all: DeviceRecord[] = [];
  for (let i = 0; i < 200; i++) all.push(...outbox.append([fault(i), ...many(19)], BOOT));
  expect(outbox.count).toBeLessThan(all.length / 2);
  const left = new Set(held(outbox));
  expect(all.filter(({ kind, seq }) => kind !== 'climate' && !left.has(seq))).toEqual([]);
  expect(left.has(all.findLast(({ kind }) => kind === 'climate')?.seq ?? 0)).toBe(true);
});

test('before it stores it looks whether its file may still grow', () => {
  const outbox = outboxAt();
  const look = vi.spyOn(GrowthLimit.prototype, 'look');
  outbox.append(many(1), BOOT);
  expect(look).toHaveBeenCalledOnce();
  look.mockRestore();
});

describe('damage', () => {
  test('to one record is found by its chain and leaves a tombstone', () => {
    const before = outboxAt();
    before.append(many(5), BOOT);
    close(before);
    const raw = new Database(path);
    raw.prepare(`UPDATE record SET body = replace(body, '21.5', '29.5') WHERE seq = 3`).run();
    raw.prepare(`UPDATE record SET body = 'no json' WHERE seq = 4`).run();
    raw.close();
    const outbox = outboxAt();
    const records = [...outbox.takeRuns([], 20), ...outbox.takeRuns([], 20)].flatMap((run) => run.records);
    expect(new Set(held(outbox))).toEqual(new Set([1, 2, 5, 6]));
    expect(stonesOf(records).slice(-1)).toEqual([{ fromSeq: 3, toSeq: 4, reason: 'damaged' }]);
    expect(outbox.count).toBe(4);
  });

  test('is not looked for behind what is sent now: no more of a backlog is read than that', () => {
    const before = outboxAt();
    // Events one by one among routine records: each makes a run of its own.
    before.append(
      Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? fault(i) : climate(i))),
      BOOT,
    );
    close(before);
    const raw = new Database(path);
    raw.prepare("UPDATE record SET body = 'no json' WHERE seq = 9").run();
    raw.close();
    const outbox = outboxAt();
    const sent = (maxRuns: number) => outbox.takeRuns([], maxRuns).map(({ fromSeq }) => fromSeq);
    // The last run ends with the newest sample.
    expect([sent(4), outbox.span.maxSeq]).toEqual([[1, 3, 5, 101], 300]);
    expect([sent(7), outbox.span.maxSeq]).toEqual([[1, 3, 5, 7, 11, 13, 101], 301]);
  });
});

test.each([
  ['full', 'SQLITE_FULL'],
  ['failing', 'SQLITE_IOERR_WRITE'],
  ['taken away', 'SQLITE_READONLY'],
])('receipts that come while the disk is %s are applied, and tidied up with a later append', (_, code) => {
  const outbox = outboxAt();
  const [first] = outbox.append(many(2_500), BOOT);
  const tidied = vi.spyOn(OutboxRows.prototype, 'transaction').mockImplementation(() => {
    throw new Database.SqliteError('not written', code);
  });
  const note = vi.spyOn(OutboxRows.prototype, 'noteReceipt').mockImplementation(() => {
    throw new Database.SqliteError('not written', code);
  });
  try {
    const outcome = outbox.applyReceipt(receipt(outbox, { upTo: 2_400 }), 1_000_000);
    expect(outcome).toEqual({ kind: 'applied', removed: 2_400, covered: [[1, 2_400]] });
    expect(outbox.summary().lastReceiptAt).toBe(1_000_000);
    expect([tidied.mock.calls.length, note.mock.calls.length]).toEqual([2, 1]);
  } finally {
    tidied.mockRestore();
    note.mockRestore();
  }
  outbox.append(many(1), BOOT);
  expect([first?.seq, outbox.count, outbox.summary().records]).toEqual([1, 101, 101]);
});
