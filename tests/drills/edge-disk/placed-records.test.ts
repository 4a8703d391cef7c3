import type { DeviceRecord } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { placedRecords } from './placed-records.ts';
import { BOOT_ID, draftsFrom } from './readings.ts';

const drafts = draftsFrom(1, 5);
const STONE = 7;

/** The seq of each draft that is held; a tombstone has seq 7. */
function placesWith(held: Readonly<Record<number, number>>) {
  const stone = { kind: 'tombstone', body: { fromSeq: 1, toSeq: STONE - 1, reason: 'outbox-full' } } as const;
  const time = { measuredAt: 0, monotonicMs: 0, clockQuality: 'ntp' } as const;
  const records = drafts.flatMap((draft, i) => {
    const seq = held[i];
    return seq === undefined ? [] : [{ ...draft, seq, bootId: BOOT_ID, bootNumber: 1 }];
  });
  const stoned = [...records, { ...time, ...stone, seq: STONE, bootId: BOOT_ID, bootNumber: 1 }];
  const outbox = { deviceId: 'A', epoch: 'E', bootId: BOOT_ID, held: stoned };
  return placedRecords(drafts, outbox).map(({ identity }) => identity?.seq);
}

test.each([
  ['held', { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5 }, [1, 2, 3, 4, 5]],
  ['held behind another record', { 0: 1, 1: 3, 2: 4, 3: 5, 4: 6 }, [1, 3, 4, 5, 6]],
  ['gone from between', { 0: 1, 2: 3, 4: 5 }, [1, 2, 3, 4, 5]],
  ['gone from both ends', { 2: 3 }, [1, 2, 3, 4, 5]],
  ['all gone', {}, [1, 2, 3, 4, 5]],
])('drafts that are %s have the seqs that they were given', (_, held, seqs) => {
  expect(placesWith(held)).toEqual(seqs);
});

test.each([
  ['between its neighbours', { 0: 1, 2: 2, 3: 3, 4: 4 }, [1, undefined, 2, 3, 4]],
  ['although one is left elsewhere', { 0: 1, 2: 2, 4: 4 }, [1, undefined, 2, 3, 4]],
  ['at the end', { 0: 1, 1: 2, 2: 3, 3: 6 }, [1, 2, 3, 6, undefined]],
])('a draft for which no seq is left %s had none', (_, held, seqs) => {
  expect(placesWith(held)).toEqual(seqs);
});

test('drafts that waited in memory and were given up have the seqs that a later tombstone sets aside', () => {
  const given = draftsFrom(1, 6);
  const at = (n: number, seq: number) =>
    ({ ...given[n], seq, bootId: BOOT_ID, bootNumber: 1 }) as DeviceRecord;
  const body = { fromSeq: 4, toSeq: 5, reason: 'not-stored' } as const;
  const stone: DeviceRecord = { ...at(0, 6), kind: 'tombstone', body };
  const held = [at(0, 1), at(4, 2), at(5, 3), stone];
  const placed = placedRecords(given, { deviceId: 'A', epoch: 'E', bootId: BOOT_ID, held });
  expect(placed.map(({ identity }) => identity?.seq)).toEqual([1, 4, 5, undefined, 2, 3]);
});
