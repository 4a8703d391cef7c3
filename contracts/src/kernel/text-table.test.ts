import { expect, test } from 'vitest';
import { textTable } from './text-table.ts';

test('columns line up, numbers to the right, a missing value is a dash', () => {
  const lines = textTable(
    ['leg', 'peak g'],
    [
      ['HUB', 103.5],
      ['LAST-MILE', 2],
      ['ROAD', null],
    ],
  ).split('\n');
  expect(lines).toEqual([
    'leg        peak g',
    '─────────  ──────',
    'HUB         103.5',
    'LAST-MILE       2',
    'ROAD            –',
  ]);
});
