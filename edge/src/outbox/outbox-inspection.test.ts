import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordDraft } from '@jostle/contracts';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from './outbox.ts';
import { inspectOutboxFile } from './sqlite-file.ts';

const log = pino({ level: 'silent' });
const READING: RecordDraft = {
  kind: 'climate',
  measuredAt: 1_000_000,
  monotonicMs: 5,
  clockQuality: 'ntp',
  body: { sensor: 'sht31d-44', temperatureC: 20, relativeHumidityPct: 45, ageMs: 0 },
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'jostle-inspection-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function outboxIn(path: string, records: number): Outbox {
  const outbox = new Outbox({ path: join(path, 'outbox.db'), log, maxRecords: 1000 });
  outbox.append(
    Array.from({ length: records }, () => READING),
    'boot-1',
  );
  return outbox;
}

test('says that there is no file, and makes none', () => {
  const path = folder();
  expect(inspectOutboxFile(join(path, 'outbox.db'))).toEqual({ kind: 'absent' });
  expect(readdirSync(path)).toEqual([]);
});

test('counts the records of a sound file and changes no byte of it', () => {
  const path = folder();
  outboxIn(path, 7).close();
  const file = join(path, 'outbox.db');
  const before = readFileSync(file);
  expect(inspectOutboxFile(file)).toEqual({
    kind: 'sound',
    epoch: expect.stringMatching(/^[0-9a-f-]{36}$/),
    records: 7,
    kinds: { climate: 7 },
    firstSeq: 1,
    lastSeq: 7,
    oldestMeasuredAt: 1_000_000,
    lastMeasuredAt: 1_000_000,
    lastReceiptAt: null,
    faults: [],
  });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('sees what a power cut left in the write-ahead log, and the agent opens the same file afterwards', () => {
  const path = folder();
  const running = outboxIn(path, 7);
  const afterCut = folder();
  for (const name of ['outbox.db', 'outbox.db-wal']) copyFileSync(join(path, name), join(afterCut, name));
  running.close();
  expect(inspectOutboxFile(join(afterCut, 'outbox.db'))).toMatchObject({ kind: 'sound', records: 7 });
  const reopened = outboxIn(afterCut, 1);
  expect(reopened.count).toBe(8);
  reopened.close();
});

test('says that the file is in use while an agent has it', () => {
  const path = folder();
  const running = outboxIn(path, 1);
  expect(inspectOutboxFile(join(path, 'outbox.db'))).toEqual({ kind: 'in-use' });
  running.close();
});

test.each([
  ['is overwritten from its start', 0],
  ['has a page of garbage', 4096],
])('says that a file which %s is damaged', (_what, offset) => {
  const path = folder();
  outboxIn(path, 500).close();
  const file = join(path, 'outbox.db');
  const bytes = readFileSync(file);
  bytes.fill(0xa5, offset, offset + 4096);
  writeFileSync(file, bytes);
  expect(inspectOutboxFile(file).kind).toBe('damaged');
});

test('tells of the last receipt and of the faults without one, after the agent has stopped', () => {
  const path = folder();
  const outbox = outboxIn(path, 3);
  const fault = { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: 'no good reply' } as const;
  outbox.append([{ ...READING, kind: 'fault', body: fault }], 'boot-1');
  const receipt = { v: 1 as const, epoch: outbox.epoch, upTo: 2, have: [], dead: [] };
  for (const receivedAt of [2_000_000, 2_004_000]) outbox.applyReceipt(receipt, receivedAt);
  expect(outbox.summary()).toMatchObject({ records: 2, lastReceiptAt: 2_004_000 });
  outbox.close();
  expect(inspectOutboxFile(join(path, 'outbox.db'))).toMatchObject({
    kinds: { climate: 1, fault: 1 },
    firstSeq: 3,
    lastSeq: 4,
    lastReceiptAt: 2_004_000,
    faults: [{ seq: 4, measuredAt: 1_000_000, ...fault }],
  });
});

test('a power cut costs at most the last minutes of what is known of receipts', () => {
  const path = folder();
  const outbox = outboxIn(path, 3);
  const receipt = { v: 1 as const, epoch: outbox.epoch, upTo: 1, have: [], dead: [] };
  for (const receivedAt of [1_000_000, 1_299_999, 1_300_000, 1_301_000])
    outbox.applyReceipt(receipt, receivedAt);
  const afterCut = folder();
  for (const name of ['outbox.db', 'outbox.db-wal']) copyFileSync(join(path, name), join(afterCut, name));
  outbox.close();
  expect(inspectOutboxFile(join(afterCut, 'outbox.db'))).toMatchObject({ lastReceiptAt: 1_300_000 });
});
