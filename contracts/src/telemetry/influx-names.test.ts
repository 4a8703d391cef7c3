import { expect, test } from 'vitest';
import { pointTimeNs, pointTimeText } from './influx-names.ts';

test('two records of one millisecond have two timestamps, and a replay has the same one', () => {
  expect(pointTimeNs(1_767_225_600_123, 5)).toBe(1_767_225_600_123_000_005n);
  expect(pointTimeNs(1_767_225_600_123, 6)).not.toBe(pointTimeNs(1_767_225_600_123, 5));
  expect(pointTimeNs(1_767_225_600_123, 1_000_005)).toBe(1_767_225_600_123_000_005n);
});

test.each([
  [1_767_225_600_123, 5],
  [1_767_225_600_123, 1_999_999],
  [1, 0],
  [0, 7],
  [-3, 7],
])('the timestamp of %i ms and seq %i is the same as text', (ms, seq) => {
  expect(pointTimeText(ms, seq)).toBe(String(pointTimeNs(ms, seq)));
});
