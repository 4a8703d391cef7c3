import { expect, it } from 'vitest';
import { durationInWords, instantInWords, listInWords, percentInWords, placeOf } from './wording.ts';

it.each([
  [0, '0 %'],
  [0.001, 'less than 1 %'],
  [0.005, '1 %'],
  [0.985, '99 %'],
  [0.9951, 'more than 99 %'],
  [1, '100 %'],
])('writes a share of %f as %s', (share, words) => {
  expect(percentInWords(share)).toBe(words);
});

it.each([
  [20_000, 'less than a minute'],
  [60_000, '1 minute'],
  [40 * 60_000, '40 minutes'],
  [200 * 60_000, '3 h 20 min'],
  [52 * 3_600_000, '2 days 4 h'],
])('writes %d ms as %s', (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});

it('writes instants in UTC', () => {
  expect(instantInWords('2026-03-01T09:30:00.000Z')).toBe('1 March 2026 at 09:30 UTC');
});

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b and c'],
])('joins %j to "%s"', (parts, words) => {
  expect(listInWords(parts)).toBe(words);
});

it('names a leg that stays after its site, and one on the way after both', () => {
  expect(placeOf({ from: 'Hub', to: 'Hub' })).toBe('Hub');
  expect(placeOf({ from: 'Hub', to: 'Door' })).toBe('Hub to Door');
});
