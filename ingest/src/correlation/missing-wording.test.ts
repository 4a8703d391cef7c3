import type { FindingCompleteness, MissingRecords } from '@jostle/contracts';
import { expect, it } from 'vitest';
import {
  devicesInOrder,
  missingInOrder,
  missingInWords,
  silenceInWords,
  stillToComeInWords,
} from './missing-wording.ts';

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
  [
    { ...DROPPED, state: 'late', reason: null },
    '3 records of DEV-1 between 1 March 2026 at 10:02 UTC and 1 March 2026 at 10:04 UTC are late: they have not come, and the device may still have them.',
  ],
  [
    { ...DROPPED, records: 1, state: 'late', reason: null, earliest: null, latest: null },
    '1 record of DEV-1 is late: it has not come, and the device may still have it.',
  ],
])('says which records have not come, and why', (missing, words) => {
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

const COUNTS = {
  completeness: 1,
  stored: 9,
  late: 0,
  dropped: 0,
  refused: 0,
  lost: 0,
  inFlight: 0,
  undated: 0,
};
const WHOLE: FindingCompleteness = { ...COUNTS, devices: [] };

it.each<[Partial<FindingCompleteness>, string]>([
  [{ dropped: 2, refused: 3, lost: 4 }, ''],
  [
    { late: 2, inFlight: 3 },
    '5 records that may be of this way may still come: what they say is not known yet',
  ],
  [{ inFlight: 1 }, '1 record that may be of this way may still come: what it says is not known yet'],
])('says that quiet is not known yet where records are late or in flight: %j', (change, words) => {
  const said = stillToComeInWords({ ...WHOLE, ...change });
  expect(said.slice(0, words.length || undefined)).toBe(words);
});

it('names each device that was not heard of to the end of its way', () => {
  const devices = [
    { device: 'DEV-1', ...COUNTS, silentFrom: null },
    { device: 'DEV-2', ...COUNTS, silentFrom: '2026-03-01T10:02:00.000Z' },
  ];
  expect(silenceInWords({ ...WHOLE, devices })).toBe(
    'Nothing was heard of DEV-2 from 1 March 2026 at 10:02 UTC on: what it recorded after that is not known.',
  );
  expect(silenceInWords(undefined)).toBe('');
});

it('says nothing where the completeness is not known, and has one order of devices', () => {
  expect(stillToComeInWords(undefined)).toBe('');
  const devices = ['DEV-2', 'DEV-1'].map((device) => ({ device, ...COUNTS, silentFrom: null }));
  expect(devicesInOrder({ ...WHOLE, devices }).devices.map(({ device }) => device)).toEqual([
    'DEV-1',
    'DEV-2',
  ]);
});
