import { expect, test } from 'vitest';
import { ConnectionCaps } from './connection-caps.ts';

test('an address gets no more connections than its share, and others still get theirs', () => {
  const caps = new ConnectionCaps(2);
  expect([caps.enter('a'), caps.enter('a'), caps.enter('a'), caps.enter('b')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  caps.leave('a');
  expect([caps.enter('a'), caps.enter('a')]).toEqual([true, false]);
});
