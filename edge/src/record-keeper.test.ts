import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceRecord, ManualClock, type RecordDraft, type RecordTime } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outbox } from './outbox/outbox.ts';
import { RecordKeeper } from './record-keeper.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const OTHER_BOOT = '22222222-2222-4222-8222-222222222222';
const log = pino({ level: 'silent' });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-keeper-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const climate = (i: number): RecordDraft => ({
  kind: 'climate',
  measuredAt: i,
  monotonicMs: i,
  clockQuality: 'ntp',
  body: { sensor: 't1', temperatureC: 20, ageMs: 0 },
});
const fault = (i: number): RecordDraft => ({
  kind: 'fault',
  measuredAt: i,
  monotonicMs: i,
  clockQuality: 'ntp',
  body: { sensor: 't1', isRaised: true, reason: 'stale', detail: 'x'.repeat(200) },
});
const many = (count: number, draft: (i: number) => RecordDraft, from = 0) =>
  Array.from({ length: count }, (_, i) => draft(from + i));

/** An outbox whose disk takes nothing while it is failing. */
class FailingOutbox extends Outbox {
  isFailing = false;
  code = 'SQLITE_IOERR_WRITE';
  override nameUnstored(count: number, bootId: string, time: RecordTime): void {
    if (this.isFailing) throw new Database.SqliteError('not written', this.code);
    super.nameUnstored(count, bootId, time);
  }
  override append(drafts: readonly RecordDraft[], bootId: string): DeviceRecord[] {
    if (this.isFailing) throw new Database.SqliteError('not written', this.code);
    return super.append(drafts, bootId);
  }
}

function keeping() {
  const outbox = new FailingOutbox({ path: join(folder, 'outbox.db'), log, maxRecords: 100_000 });
  return { outbox, keeper: new RecordKeeper(outbox, new ManualClock(0), log) };
}

const sent = (outbox: Outbox) =>
  outbox
    .takeRuns([], 1_000)
    .flatMap(({ records }) => records)
    .sort((a, b) => a.seq - b.seq);

describe('a disk that takes nothing for a while', () => {
  test('costs no record, and changes neither their order nor their boot', () => {
    const { outbox, keeper } = keeping();
    keeper.keep(many(2, climate), BOOT);
    outbox.isFailing = true;
    keeper.keep(many(3, climate, 2), BOOT);
    keeper.keep(many(2, climate, 5), OTHER_BOOT);
    expect([keeper.isWritable, keeper.unstored, outbox.count]).toEqual([false, 5, 2]);
    outbox.isFailing = false;
    keeper.keep(many(1, climate, 7), OTHER_BOOT);
    expect([keeper.isWritable, keeper.unstored]).toEqual([true, 0]);
    const records = sent(outbox);
    expect(records.map(({ measuredAt }) => measuredAt)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(records.map(({ bootId }) => bootId === BOOT)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    outbox.close();
  });

  test('is over as soon as it is asked again', () => {
    const { outbox, keeper } = keeping();
    outbox.isFailing = true;
    keeper.keep(many(3, climate), BOOT);
    keeper.retry();
    expect([keeper.isWritable, keeper.unstored]).toEqual([false, 3]);
    outbox.isFailing = false;
    keeper.retry();
    expect([keeper.isWritable, keeper.unstored]).toEqual([true, 0]);
    expect(sent(outbox).map(({ measuredAt }) => measuredAt)).toEqual([0, 1, 2]);
    outbox.close();
  });

  test('is no reason to start the agent again where it only has no room: that would empty the memory', () => {
    const { outbox, keeper } = keeping();
    outbox.isFailing = true;
    outbox.code = 'SQLITE_FULL';
    keeper.keep(many(3, climate), BOOT);
    expect([keeper.isWritable, keeper.unstored]).toEqual([true, 3]);
    keeper.retry();
    expect([keeper.isWritable, keeper.unstored]).toEqual([true, 3]);
    outbox.close();
  });

  test('costs routine records before events when it lasts, and a tombstone says how many', () => {
    const { outbox, keeper } = keeping();
    outbox.isFailing = true;
    keeper.keep(many(100, fault), BOOT);
    keeper.keep(many(6_000, climate, 100), BOOT);
    expect(keeper.unstored).toBe(5_000);
    outbox.isFailing = false;
    keeper.keep(many(1, climate, 9_999), BOOT);
    const records = sent(outbox);
    expect(records.filter(({ kind }) => kind === 'fault')).toHaveLength(100);
    const stones = records.flatMap(({ kind, body }) => (kind === 'tombstone' ? [body] : []));
    expect(stones).toEqual([{ fromSeq: 5_001, toSeq: 6_100, reason: 'not-stored' }]);
    outbox.close();
  });
});

describe('a stop on a disk that takes nothing', () => {
  const stonesOf = (outbox: Outbox) =>
    sent(outbox).flatMap(({ kind, body }) => (kind === 'tombstone' ? [body] : []));

  test('is counted, and the next start names what was given up, once', () => {
    const first = keeping();
    first.keeper.keep(many(2, climate), BOOT);
    first.outbox.isFailing = true;
    first.keeper.keep(many(10, fault, 2), BOOT);
    first.keeper.keep(many(5_010, climate, 12), BOOT);
    first.keeper.close();
    first.outbox.close();

    const idle = keeping();
    idle.keeper.close();
    idle.outbox.close();

    for (const from of [6_000, 7_000]) {
      const next = keeping();
      next.keeper.keep(many(1, climate, from), OTHER_BOOT);
      next.keeper.close();
      expect(stonesOf(next.outbox)).toEqual([{ fromSeq: 3, toSeq: 5_022, reason: 'not-stored' }]);
      next.outbox.close();
    }
  });

  test('stores what waits where the disk has recovered', () => {
    const { outbox, keeper } = keeping();
    outbox.isFailing = true;
    keeper.keep(many(3, climate), BOOT);
    outbox.isFailing = false;
    keeper.close();
    expect([keeper.unstored, outbox.unstored, outbox.count]).toEqual([0, 0, 3]);
    outbox.close();
  });
});
