import { expect, test } from 'vitest';
import { isMountable, parcelAxesFrom } from './parcel-axes.ts';
import { MOUNTINGS } from './testing/rests.ts';

test('a chip can be mounted in 24 ways', () => {
  expect(new Set(MOUNTINGS.map(String)).size).toBe(24);
  expect(MOUNTINGS.every(isMountable)).toBe(true);
  expect(isMountable(['+x', '+y', '-z'])).toBe(false);
  expect(isMountable(['+x', '+x', '+z'])).toBe(false);
});

test.each([
  ['+x,+y,+z', ['+x', '+y', '+z']],
  ['y, -X, z', ['+y', '-x', '+z']],
])('%s names a mounting', (text, axes) => {
  expect(parcelAxesFrom(text)).toEqual(axes);
});

test.each(['', 'x,y', 'x,y,z,z', 'x,x,z', 'x,y,-z', 'a,b,c', '+x+y+z'])('%j names none', (text) => {
  expect(parcelAxesFrom(text)).toBeNull();
});
