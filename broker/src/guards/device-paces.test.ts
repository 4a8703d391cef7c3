import { expect, test } from 'vitest';
import { DevicePaces } from './device-paces.ts';

const LIMITS = { messagesPerSecond: 10, bytesPerSecond: 1_000 };

test('a device that connects again owes what it owed, and others owe nothing', () => {
  let now = 0;
  const paces = new DevicePaces(LIMITS, () => now, 10);
  paces.of('A').take(30, 0);
  expect(paces.of('A').waitMs()).toBe(1_000);
  expect(paces.of('B').waitMs()).toBe(0);
  now = 1_000;
  expect(paces.of('A').waitMs()).toBe(0);
});

test('no more devices are remembered than the limit; who logged in longest ago goes first', () => {
  const paces = new DevicePaces(LIMITS, () => 0, 2);
  for (const id of ['A', 'B']) paces.of(id).take(30, 0);
  paces.of('A');
  paces.of('C');
  expect([paces.of('A').waitMs(), paces.of('B').waitMs()]).toEqual([1_000, 0]);
});
