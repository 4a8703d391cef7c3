import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-schedule.ts';

const plan = { firstMs: 1000, maxMs: 60_000, factor: 2 };

test.each([
  [0, 0, 500],
  [0, 0.999_999, 1000],
  [3, 0, 4000],
  [3, 0.5, 6000],
  [20, 0, 30_000],
  [2000, 0.999_999, 60_000],
])('retry %i with random %d waits %i ms', (attempt, random, expected) => {
  expect(retryDelayMs(plan, attempt, random)).toBe(expected);
});
