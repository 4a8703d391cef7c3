import { expect, it } from 'vitest';
import { completenessText, shortCompletenessText } from './completeness-text.ts';

const COUNTS = { stored: 0, late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0, undated: 0 };

it('says how many of the expected records came, and what became of the others', () => {
  const late = { ...COUNTS, completeness: 12_480 / 12_500, stored: 12_480, late: 20 };
  expect(completenessText(late)).toBe('99.84 % (12,480 of 12,500 records; 20 late)');
  expect(completenessText({ ...late, completeness: 6 / 10, stored: 6, late: 1, refused: 2, lost: 1 })).toBe(
    '60.00 % (6 of 10 records; 1 late, 2 refused, 1 lost)',
  );
  expect(completenessText({ ...COUNTS, completeness: 1, stored: 6 })).toBe('100.00 % (6 of 6 records)');
});

it('expects neither what was dropped nor what is in flight, but says it', () => {
  expect(completenessText({ ...COUNTS, completeness: 1, stored: 6, dropped: 3, inFlight: 1_200 })).toBe(
    '100.00 % (6 of 6 records; 3 dropped, 1,200 in flight)',
  );
  expect(completenessText({ ...COUNTS, completeness: null, inFlight: 2 })).toBe(
    'nothing yet (0 of 0 records; 2 in flight)',
  );
});

it('never calls whole what is not', () => {
  const almost = { ...COUNTS, completeness: 999_999 / 1_000_000, stored: 999_999, lost: 1 };
  expect(completenessText(almost)).toBe('99.99 % (999,999 of 1,000,000 records; 1 lost)');
});

it('has a short form that never hides what is still to come', () => {
  const whole = { ...COUNTS, completeness: 1, stored: 50 };
  expect(shortCompletenessText(whole)).toBe('100.00 %');
  expect(shortCompletenessText({ ...whole, inFlight: 4_950 })).toBe('100.00 %, 4,950 to come');
  expect(shortCompletenessText({ ...whole, completeness: 50 / 70, late: 20 })).toBe('71.42 %, 20 to come');
});
