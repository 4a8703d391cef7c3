import { expect, it } from 'vitest';
import {
  instantText,
  minutesText,
  minuteText,
  numberText,
  partText,
  percentText,
  unbroken,
} from './format.ts';

it('writes instants in UTC', () => {
  expect(instantText('2026-03-01T09:30:05.250Z')).toBe('1 Mar 2026, 09:30:05');
  expect(minuteText('2026-03-01T09:30:05.250Z')).toBe('1 Mar 2026, 09:30');
});

it.each([
  [0, '0 %'],
  [0.002, '< 1 %'],
  [0.44, '44 %'],
  [0.997, '> 99 %'],
  [1, '100 %'],
])('writes the share %f as %s', (share, text) => {
  expect(percentText(share)).toBe(text);
});

it.each([
  [0, '0 min'],
  [0.2, '< 1 min'],
  [119, '119 min'],
  [200, '3 h 20 min'],
  [3120, '2 d 4 h'],
])('writes %d minutes as %s', (minutes, text) => {
  expect(minutesText(minutes)).toBe(text);
});

it('never rounds a gap away', () => {
  expect(partText(39.9, 0.1)).toBe('39 of 40 min');
  expect(partText(40, 0)).toBe('40 of 40 min');
  expect(partText(200, 100)).toBe('3 h 20 min of 5 h 0 min');
});

it('says where there is no number', () => {
  expect(numberText(null, 2, 'm')).toBe('–');
  expect(numberText(0.8, 2, 'm')).toBe('0.80 m');
});

it('keeps a number and its unit on one line', () => {
  expect(unbroken('fell 0.80 m in 3 days, 44 %')).toBe('fell 0.80\u00a0m in 3 days, 44\u00a0%');
});
