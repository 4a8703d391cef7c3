import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExcursionDetector, type ExcursionObservation, type ExcursionRule } from './excursion-detector.ts';

const HOUR_MS = 3_600_000;
const hot: ExcursionRule = {
  quantity: 'temperature',
  side: 'above',
  limit: 30,
  activation: { kind: 'instant' },
};

/** Pushes one value a minute; returns each observation with the minute in which it came. */
function watch(
  rule: ExcursionRule,
  values: readonly number[],
): (ExcursionObservation & { minute: number })[] {
  const detector = new ExcursionDetector(rule);
  return values.flatMap((value, minute) => {
    const found = detector.push(minute * 60_000, value);
    return found === null ? [] : [{ ...found, minute }];
  });
}

describe('limits', () => {
  test.each([
    ['above', 30, 29.9, false],
    ['above', 30, 30.0, true],
    ['below', -0.5, -0.4, false],
    ['below', -0.5, -0.5, true],
  ] as const)('%s %d: a reading of %d is beyond: %s', (side, limit, value, isBeyond) => {
    expect(watch({ ...hot, side, limit }, [value]).length > 0).toBe(isBeyond);
  });
});

describe('an instant excursion', () => {
  test('opens at once and closes when the value is back by the hysteresis, with its extreme', () => {
    const common = { quantity: 'temperature', side: 'above', limit: 30, startedMonoMs: 60_000 };
    expect(watch(hot, [25, 30.2, 33.1, 31, 29.5, 25])).toEqual([
      { ...common, endedMonoMs: null, extreme: 30.2, minute: 1 },
      { ...common, endedMonoMs: 240_000, extreme: 33.1, minute: 4 },
    ]);
  });

  test('does not flap at the limit', () => {
    expect(watch(hot, [30, 29.9, 30.1, 29.6, 30, 29.8, 30])).toHaveLength(1);
  });

  test('takes another hysteresis', () => {
    expect(watch({ ...hot, hysteresis: 0.1 }, [30, 29.9, 30])).toHaveLength(3);
  });

  test('below a limit keeps the lowest value', () => {
    const cold: ExcursionRule = { ...hot, side: 'below', limit: 2 };
    expect(watch(cold, [2, 0.5, 1, 2.5]).at(-1)).toMatchObject({ extreme: 0.5, endedMonoMs: 180_000 });
  });
});

describe('a consecutive excursion', () => {
  const rule: ExcursionRule = { ...hot, limit: 45, activation: { kind: 'consecutive', ms: HOUR_MS } };

  test('opens after an unbroken hour and names its start', () => {
    const found = watch(rule, [20, ...Array<number>(61).fill(46)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ minute: 61, startedMonoMs: 60_000, extreme: 46 });
  });

  test('starts again when one value is back inside, by however little', () => {
    expect(watch(rule, [...Array<number>(60).fill(46), 44.9, ...Array<number>(60).fill(46)])).toEqual([]);
  });

  test('does not count time without values', () => {
    const detector = new ExcursionDetector(rule);
    detector.push(0, 46);
    detector.gap();
    expect(detector.push(2 * HOUR_MS, 46)).toBeNull();
  });
});

describe('an accumulative excursion', () => {
  const rule: ExcursionRule = { ...hot, activation: { kind: 'accumulative', ms: 10 * 60_000 } };

  test('adds up separate times beyond the limit', () => {
    const found = watch(rule, [...Array<number>(6).fill(31), 20, 20, ...Array<number>(6).fill(32)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ minute: 12, startedMonoMs: 8 * 60_000, extreme: 32 });
  });

  test('does not count time without values', () => {
    const detector = new ExcursionDetector(rule);
    detector.push(0, 31);
    detector.gap();
    expect(detector.push(HOUR_MS, 31)).toBeNull();
  });
});

test('an open excursion survives a gap and closes when a value shows that it ended', () => {
  const detector = new ExcursionDetector(hot);
  detector.push(0, 31);
  detector.gap();
  expect(detector.push(HOUR_MS, 35)).toBeNull();
  expect(detector.push(HOUR_MS + 1, 20)).toMatchObject({ startedMonoMs: 0, extreme: 35 });
});

test('openings and closings take turns and their times never go back, whatever the values', () => {
  const activation = fc.constantFrom<ExcursionRule['activation']>(
    { kind: 'instant' },
    { kind: 'consecutive', ms: 120_000 },
    { kind: 'accumulative', ms: 180_000 },
  );
  fc.assert(
    fc.property(fc.array(fc.double({ min: 28, max: 32, noNaN: true })), activation, (values, kind) => {
      const found = watch({ ...hot, activation: kind }, values);
      for (const [i, { startedMonoMs, endedMonoMs, minute }] of found.entries()) {
        expect(endedMonoMs === null).toBe(i % 2 === 0);
        expect(startedMonoMs).toBeLessThanOrEqual(minute * 60_000);
        if (endedMonoMs !== null) expect(startedMonoMs).toBe(found[i - 1]?.startedMonoMs);
      }
    }),
  );
});
