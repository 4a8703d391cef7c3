import { expect, test } from 'vitest';
import { pushCheck } from './self-test-run.ts';

const deltaG = { x: 0.02, y: -0.01, z: 6.41 };

test('a chip that moved as far as it should passes, with the figures of the axes that are judged', () => {
  expect(pushCheck('adxl375-53', { kind: 'passed', deltaG, limitsG: { z: { min: 4.5, max: 7.5 } } })).toEqual(
    {
      check: 'adxl375-53 self-test',
      verdict: 'ok',
      found: 'z moved 6.41 g (4.5 to 7.5)',
      fix: null,
    },
  );
});

test('one that did not fails with what to do, and a limit without an end is said so', () => {
  const limitsG = { x: { min: 0.2, max: 2.1 }, z: { min: 0.5, max: Number.POSITIVE_INFINITY } };
  expect(pushCheck('adxl372-53', { kind: 'failed', deltaG, limitsG })).toMatchObject({
    verdict: 'fail',
    found: 'x moved 0.02 g (0.2 to 2.1), z moved 6.41 g (from 0.5)',
    fix: expect.stringContaining('replace the chip'),
  });
});

test('one that does not answer fails', () => {
  expect(pushCheck('lis3dh-18', { kind: 'no-answer', detail: 'nack' })).toMatchObject({
    verdict: 'fail',
    found: 'no answer: nack',
  });
});
