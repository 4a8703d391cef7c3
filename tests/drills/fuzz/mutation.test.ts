import { expect, test } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { mutatedJson } from './json-mutation.ts';
import { mutated } from './mutation.ts';

const TEXT = Buffer.from('{"v":1,"at":[1,2,3],"other":{"kind":"shock"}}');

test('the same seed mutates in the same way', () => {
  const series = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => mutated(TEXT, random).toString('hex'));
  };
  expect(series(7)).toEqual(series(7));
  expect(series(7)).not.toEqual(series(8));
});

test('nearly every mutation changes something, and none the original', () => {
  const random = seededRandom(7);
  const before = TEXT.toString();
  const value = JSON.parse(before);
  const bytes = Array.from({ length: 200 }, () => mutated(TEXT, random).toString());
  const values = Array.from({ length: 200 }, () => JSON.stringify(mutatedJson(value, random)));
  expect(bytes.filter((text) => text === before).length).toBeLessThan(20);
  expect(values.filter((text) => text === before).length).toBeLessThan(20);
  expect([TEXT.toString(), JSON.stringify(value)]).toEqual([before, before]);
});
