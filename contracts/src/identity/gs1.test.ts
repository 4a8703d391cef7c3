import { expect, test } from 'vitest';
import { gs1CheckDigit, isSscc, ssccFrom } from './gs1.ts';

// Worked examples of the GS1 General Specifications and of the EPC Tag Data Standard.
test.each([
  ['10614141234567890', 8],
  ['8061414112345', 8],
  ['400638133393', 1],
])('the check digit of %s is %i', (digits, expected) => {
  expect(gs1CheckDigit(digits)).toBe(expected);
});

test('an SSCC is accepted only with its own check digit and 18 digits', () => {
  expect(ssccFrom('10614141234567890')).toBe('106141412345678908');
  expect(isSscc('106141412345678908')).toBe(true);
  for (let digit = 0; digit < 8; digit++) expect(isSscc(`10614141234567890${digit}`)).toBe(false);
  expect(isSscc('10614141234567890')).toBe(false);
});
