import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordLog, readRecordLog } from './record-log.ts';

const BOOT = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';
const span = (from: number, to: number) => ({ from, to, bootId: BOOT });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-record-log-'));
  path = join(folder, 'a.records');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was offered and confirmed is known to the next life, and what was only offered is open', () => {
  const log = new RecordLog(path);
  expect(log.next).toBe(0);
  log.offer(span(0, 9));
  log.confirm();
  log.offer(span(10, 14));
  log.close();
  const next = new RecordLog(path);
  expect(next.next).toBe(15);
  expect(next.open).toMatchObject(span(10, 14));
  expect(readRecordLog(path).confirmed).toMatchObject([span(0, 9)]);
  next.confirm();
  next.close();
  expect(readRecordLog(path)).toMatchObject({ confirmed: [span(0, 9), span(10, 14)], offered: undefined });
});

test('a line that a kill cut short is no line', () => {
  const log = new RecordLog(path);
  log.offer(span(0, 9));
  log.close();
  appendFileSync(path, 'confirmed 0 9 3f2b');
  const next = new RecordLog(path);
  expect(next.open).toMatchObject(span(0, 9));
  next.offer(span(next.next, 12));
  next.close();
  expect(readFileSync(path, 'utf8')).toBe(`offered 0 9 ${BOOT}\noffered 10 12 ${BOOT}\n`);
});
