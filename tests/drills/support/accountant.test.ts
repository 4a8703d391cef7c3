import { type DeviceRecord, recordHash } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountFor } from './accountant.ts';
import { hasPoint, numberedDraft } from './numbered-records.ts';

/** A drill is worth as much as its accountant. */

const EPOCH = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';
const made = (n: number, deviceId = 'A') => ({ deviceId, hash: `hash ${n}` });
const stored = (seq: number, n: number, deviceId = 'A') => ({
  ...made(n, deviceId),
  epoch: EPOCH,
  seq,
  kind: 'climate',
});
const clean = { lost: 0, twice: 0, strangers: 0 };

test('everything stored once is neither lost nor twice, and the same content of two devices is two records', () => {
  const generated = [made(1), made(2), made(1, 'B')];
  const inbox = [stored(1, 1), stored(2, 2), stored(1, 1, 'B')];
  expect(accountFor(generated, inbox)).toEqual({ generated: 3, ...clean });
});

test.each([
  ['not stored', [stored(1, 1)], { lost: 1 }],
  ['stored with other content', [stored(1, 1), stored(2, 9)], { lost: 1, strangers: 1 }],
  ['stored under a second identity', [stored(1, 1), stored(2, 2), stored(3, 2)], { twice: 1 }],
  ['stored two times under one identity', [stored(1, 1), stored(2, 2), stored(2, 2)], { twice: 1 }],
  ['stored under the identity of another', [stored(1, 1), stored(1, 2)], { twice: 1 }],
  ['stored of another device', [stored(1, 1), stored(2, 2, 'B')], { lost: 1, strangers: 1 }],
])('a record that is %s is found', (_, inbox, found) => {
  expect(accountFor([made(1), made(2)], inbox)).toEqual({ generated: 2, ...clean, ...found });
});

test('no two numbers stand for the same record, and one always for the same', () => {
  const hashOf = (n: number) => recordHash({ ...numberedDraft(n, 5), seq: 1, bootId: EPOCH } as DeviceRecord);
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
      expect(hashOf(a) === hashOf(b)).toBe(a === b);
      expect(hasPoint(a)).toBe(['climate', 'shock'].includes(numberedDraft(a, 5).kind));
    }),
  );
});
