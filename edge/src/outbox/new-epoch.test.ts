import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainAfter, chainStart, type ReceiptMessage, type RecordDraft } from '@jostle/contracts';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from './outbox.ts';
import { OutboxRows } from './outbox-rows.ts';

const BEFORE = '11111111-1111-4111-8111-111111111111';
const NOW = '22222222-2222-4222-8222-222222222222';
const FILES = ['', '.reserve'];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-epoch-'));
  path = join(folder, 'outbox.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const draft = (at: number): RecordDraft => ({
  ...{ kind: 'climate', measuredAt: at, monotonicMs: at, clockQuality: 'ntp' },
  body: { sensor: 't1', temperatureC: 20, ageMs: 0 },
});
const drafts = (from: number, count: number) => Array.from({ length: count }, (_, i) => draft(from + i));
const openOutbox = (codes: string[] = []) =>
  new Outbox({
    path,
    log: pino({}, { write: (line) => void codes.push(JSON.parse(line).code) }),
    maxRecords: 10_000,
  });
const sent = (outbox: Outbox) => outbox.takeRuns([], 1_000).sort((a, b) => a.fromSeq - b.fromSeq);
const times = (outbox: Outbox) =>
  sent(outbox).flatMap(({ records }) => records.map(({ measuredAt }) => measuredAt));

/** An outbox of an image with ten records, whose first life went on to seq 40; three were measured since it was restored. */
function restored(): Outbox {
  const first = openOutbox();
  first.append(drafts(100, 10), BEFORE);
  first.close();
  for (const suffix of FILES) copyFileSync(path + suffix, `${path}${suffix}.image`);
  const life = openOutbox();
  life.append(drafts(200, 30), BEFORE);
  life.close();
  for (const suffix of FILES) copyFileSync(`${path}${suffix}.image`, path + suffix);
  const again = openOutbox();
  again.append(drafts(300, 3), NOW);
  return again;
}

/** Ingest has all of the first life but seqs 4 and 5. */
const receiptOf = (outbox: Outbox): ReceiptMessage => ({
  ...{ v: 1, epoch: outbox.epoch, upTo: 3, have: [[6, 40]], dead: [] },
});

test('what ingest cannot have goes on from seq 1 with a chain of its own, also when the file is opened again', () => {
  const outbox = restored();
  const { epoch } = outbox;
  const receipt = receiptOf(outbox);
  expect(outbox.applyReceipt(receipt)).toEqual({ kind: 'refused', reason: 'beyond-last-seq' });
  outbox.beginNewEpoch(receipt, NOW);
  expect(outbox.epoch).not.toBe(epoch);
  outbox.append([draft(400)], NOW);
  expect(times(outbox)).toEqual([103, 104, 300, 301, 302, 400]);
  expect([outbox.count, outbox.span]).toEqual([6, { minSeq: 1, maxSeq: 6 }]);
  outbox.close();

  const codes: string[] = [];
  const next = openOutbox(codes);
  expect([next.epoch, codes]).toEqual([outbox.epoch, []]);
  next.append([draft(500)], NOW);
  const runs = sent(next);
  let chain = chainStart(next.epoch);
  for (const { chainBefore, records } of runs) {
    expect(chainBefore).toBe(chain);
    for (const record of records) chain = chainAfter(chain, record);
  }
  expect(times(next)).toEqual([103, 104, 300, 301, 302, 400, 500]);
  expect(next.applyReceipt({ ...receipt, epoch: next.epoch, upTo: 7, have: [] })).toMatchObject({
    removed: 7,
  });
  next.close();
});

test('a damaged row stays behind and is in nobody’s way', () => {
  const outbox = restored();
  outbox.close();
  const raw = new Database(path);
  raw.exec("UPDATE record SET body = '{}' WHERE seq = 1");
  raw.close();
  const next = openOutbox();
  next.beginNewEpoch({ ...receiptOf(next), upTo: 0 }, NOW);
  expect(times(next)).toEqual([101, 102, 103, 104, 300, 301, 302]);
  next.close();
});

test('an outbox that holds nothing but what ingest has begins its new epoch empty', () => {
  const outbox = restored();
  outbox.beginNewEpoch({ ...receiptOf(outbox), upTo: 40 }, '33333333-3333-4333-8333-333333333333');
  expect([outbox.count, outbox.span]).toEqual([0, { minSeq: 1, maxSeq: 0 }]);
  expect(outbox.append([draft(400)], NOW).map(({ seq }) => seq)).toEqual([1]);
  outbox.close();
});

test('on a disk that does not take it the epoch stays, and nothing is lost', () => {
  const outbox = restored();
  const { epoch } = outbox;
  const full = vi.spyOn(OutboxRows.prototype, 'setEpoch').mockImplementation(() => {
    throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
  });
  outbox.beginNewEpoch(receiptOf(outbox), NOW);
  full.mockRestore();
  expect([outbox.epoch, outbox.count]).toEqual([epoch, 13]);
  outbox.append([draft(400)], NOW);
  outbox.close();
  const codes: string[] = [];
  const next = openOutbox(codes);
  expect([next.epoch, next.count, codes]).toEqual([epoch, 14, []]);
  next.close();
});

test('a power cut between the new epoch and its reserve is not taken for damage', () => {
  const outbox = restored();
  outbox.beginNewEpoch(receiptOf(outbox), NOW);
  outbox.close();
  rmSync(`${path}.reserve`);
  const codes: string[] = [];
  const next = openOutbox(codes);
  expect([next.epoch, next.count, codes]).toEqual([outbox.epoch, 5, []]);
  next.close();
});
