import { expect, test } from 'vitest';
import { compare, type GeneratedRecord } from './account.ts';

const record = (seq: number, hash = `content ${seq}`): GeneratedRecord => ({
  deviceId: 'BOX-A',
  epoch: 'epoch',
  seq,
  hash,
});
const stored = (seq: number, hash?: string) => ({ ...record(seq, hash), kind: 'climate' });

test.each([
  ['all is stored once', [stored(1), stored(2)], { generated: 2, lost: 0, twice: 0 }],
  ['one is missing', [stored(2)], { generated: 2, lost: 1, twice: 0 }],
  ['one has other content', [stored(1, 'else'), stored(2)], { generated: 2, lost: 1, twice: 0 }],
  [
    'two have each other’s seq',
    [stored(1, 'content 2'), stored(2, 'content 1')],
    { generated: 2, lost: 2, twice: 0 },
  ],
  ['one is there twice', [stored(1), stored(2), stored(2)], { generated: 2, lost: 0, twice: 1 }],
  [
    'one has a second seq',
    [stored(1), stored(2), stored(3, 'content 2')],
    { generated: 2, lost: 0, twice: 1 },
  ],
])('counts right where %s', (_, found, account) => {
  expect(compare([record(1), record(2)], found, () => false)).toEqual(account);
});

test('what a tombstone names is not lost', () => {
  expect(compare([record(1), record(2)], [stored(1)], ({ seq }) => seq === 2).lost).toBe(0);
});
