import { expect, test } from 'vitest';
import { compare, type GeneratedRecord } from './account.ts';

/** A drill is worth as much as its account. */

const EPOCH = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';
const stored = (seq: number, n = seq, deviceId = 'A') => ({
  ...{ deviceId, hash: `hash ${n}` },
  ...{ epoch: EPOCH, seq, kind: 'climate' },
});
const unplaced = (n: number, deviceId = 'A'): GeneratedRecord => ({ deviceId, hash: `hash ${n}` });
const placed = (n: number): GeneratedRecord => ({ ...unplaced(n), identity: { epoch: EPOCH, seq: n } });
const clean = { lost: 0, twice: 0, strangers: 0 };

test('everything stored once is neither lost nor twice, and the same content of two devices is two records', () => {
  const generated = [unplaced(1), placed(2), unplaced(1, 'B')];
  const inbox = [stored(1), stored(2), stored(1, 1, 'B')];
  expect(compare(generated, inbox, [])).toEqual({ generated: 3, ...clean });
});

test.each([
  ['not stored', [stored(1)], { lost: 1 }],
  ['stored with other content', [stored(1), stored(2, 9)], { lost: 1, strangers: 1 }],
  ['stored under a second identity', [stored(1), stored(2), stored(3, 2)], { twice: 1 }],
  ['stored two times under one identity', [stored(1), stored(2), stored(2)], { twice: 1 }],
  ['stored under the identity of another', [stored(1), stored(1, 2)], { twice: 1 }],
  ['stored of another device', [stored(1), stored(2, 2, 'B')], { lost: 1, strangers: 1 }],
])('a record that is %s is found', (_, inbox, found) => {
  expect(compare([unplaced(1), unplaced(2)], inbox, [])).toEqual({ generated: 2, ...clean, ...found });
});

test('two records with each other’s seq are lost where the seqs are known', () => {
  const inbox = [stored(1, 2), stored(2, 1)];
  expect(compare([placed(1), placed(2)], inbox, [])).toMatchObject({ lost: 2, twice: 0 });
  expect(compare([unplaced(1), unplaced(2)], inbox, [])).toMatchObject({ lost: 0, twice: 0 });
});

test.each([
  ['names it', { deviceId: 'A', epoch: EPOCH }, 0],
  ['is of another device', { deviceId: 'B', epoch: EPOCH }, 1],
  ['is of another epoch', { deviceId: 'A', epoch: 'earlier' }, 1],
])('a record is lost unless a tombstone names it: one that %s', (_, outbox, lost) => {
  const dropped = [{ ...outbox, fromSeq: 2, toSeq: 3 }];
  expect(compare([placed(1), placed(2)], [stored(1)], dropped).lost).toBe(lost);
});
