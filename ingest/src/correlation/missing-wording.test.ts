import type { MissingRecords } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { missingInOrder, missingInWords } from './missing-wording.ts';

const DROPPED: MissingRecords = {
  device: 'DEV-1',
  records: 3,
  state: 'dropped',
  reason: 'outbox-full',
  earliest: '2026-03-01T10:02:00.000Z',
  latest: '2026-03-01T10:04:00.000Z',
};

it.each<[MissingRecords, string]>([
  [
    DROPPED,
    '3 records of DEV-1 between 1 March 2026 at 10:02 UTC and 1 March 2026 at 10:04 UTC were dropped by the device: its outbox was full.',
  ],
  [
    { ...DROPPED, records: 1, state: 'lost', reason: null, earliest: null },
    '1 record of DEV-1 before 1 March 2026 at 10:04 UTC was lost: the device no longer had it, and nothing says why.',
  ],
  [
    { ...DROPPED, reason: 'damaged', latest: null },
    '3 records of DEV-1 after 1 March 2026 at 10:02 UTC were dropped by the device: they were damaged on its card.',
  ],
  [
    { ...DROPPED, state: 'refused', reason: 'INGEST_MESSAGE_MALFORMED', earliest: null, latest: null },
    '3 records of DEV-1 came but could not be read, and lie in quarantine (INGEST_MESSAGE_MALFORMED).',
  ],
])('says which records will not come, and why', (missing, words) => {
  expect(missingInWords([missing])).toBe(words);
});

it('names the three largest stretches and counts the others', () => {
  const all = [1, 9, 5, 7, 2].map((records) => ({ ...DROPPED, records }));
  const words = missingInWords(all);
  expect(words.match(/\d+(?= records of)/g)).toEqual(['9', '7', '5']);
  expect(words).toContain('3 more records are missing likewise.');
  expect(missingInWords([])).toBe('');
});

it('has one order, whatever the order of the rows', () => {
  const all = [1, 9, 5].map((records) => ({ ...DROPPED, records }));
  expect(missingInOrder(all.toReversed())).toEqual(missingInOrder(all));
});
