import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { chainAfter, chainStart } from './record-chain.ts';
import { recordHash } from './record-hash.ts';
import type { DeviceRecord } from './records.ts';

const EPOCH = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const record = (seq: number, temperatureC = 20): DeviceRecord => ({
  seq,
  kind: 'climate',
  bootId: EPOCH,
  measuredAt: 1000 + seq,
  monotonicMs: seq,
  clockQuality: 'ntp',
  body: { sensor: 'sht31d-44', temperatureC, ageMs: 0 },
});
const endOf = (records: readonly DeviceRecord[]) => records.reduce(chainAfter, chainStart(EPOCH));

test('a link is the SHA-256 of what was before, the seq and the hash of the record', () => {
  const start = createHash('sha256').update(EPOCH).digest('base64url');
  expect(chainStart(EPOCH)).toBe(start);
  const link = createHash('sha256')
    .update(`${start} 1 ${recordHash(record(1))}`)
    .digest('base64url');
  expect(chainAfter(start, record(1))).toBe(link);
  expect(link).toHaveLength(43);
});

test('the end differs where a record was changed, left out or moved', () => {
  const end = endOf([record(1), record(2), record(3)]);
  expect(endOf([record(1), record(2), record(3)])).toBe(end);
  expect(endOf([record(1), record(2, 21), record(3)])).not.toBe(end);
  expect(endOf([record(1), record(3)])).not.toBe(end);
  expect(endOf([record(2), record(1), record(3)])).not.toBe(end);
});
