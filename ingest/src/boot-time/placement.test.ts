import type { RecordTime } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Anchor, placeRecord, placeWithin } from './placement.ts';

const T0 = Date.UTC(2026, 2, 1, 9);
const HOUR = 3_600_000;
const seen = (
  monotonicMs: number,
  measuredAt: number,
  clockQuality: RecordTime['clockQuality'] = 'none',
): RecordTime => ({ monotonicMs, measuredAt, clockQuality });
const anchors: Anchor[] = [
  { monotonicMs: 10_000, wallMs: T0 },
  { monotonicMs: 20_000, wallMs: T0 + 10_000 + HOUR },
];

describe('a record of an anchored boot', () => {
  it.each([
    {
      why: 'before its anchor, of a clock never set',
      given: seen(4000, 4000),
      at: T0 - 6000,
      quality: 'corrected',
    },
    { why: 'nearest to the first anchor', given: seen(14_999, 0), at: T0 + 4999, quality: 'corrected' },
    { why: 'halfway, of the later one', given: seen(15_000, 0), at: T0 + HOUR + 5000, quality: 'corrected' },
    {
      why: 'of a synchronised clock that agrees',
      given: seen(11_000, T0 + 1900, 'ntp'),
      at: T0 + 1900,
      quality: 'measured',
    },
    {
      why: 'of a synchronised clock that was set by hand',
      given: seen(11_000, T0 + HOUR, 'ntp'),
      at: T0 + 1000,
      quality: 'corrected',
    },
    {
      why: 'of a battery clock that is off',
      given: seen(11_000, T0 + 60_000, 'rtc'),
      at: T0 + 1000,
      quality: 'corrected',
    },
  ])('is placed $why', ({ given, at, quality }) => {
    expect(placeRecord(given, { anchors, heardOffsetMs: null })).toEqual({ quality, at });
  });

  it('keeps its distance in time from each other one of the same anchor, wherever the wall clock was', () => {
    const wall = fc.integer({ min: 0, max: 2 * T0 });
    fc.assert(
      fc.property(fc.nat(14_999), fc.nat(14_999), wall, wall, (a, b, wallA, wallB) => {
        const at = (mono: number, measuredAt: number) =>
          placeRecord(seen(mono, measuredAt), { anchors, heardOffsetMs: null })?.at ?? Number.NaN;
        expect(at(b, wallB) - at(a, wallA)).toBe(b - a);
      }),
    );
  });
});

describe('a record of a boot without an anchor', () => {
  it('is placed by its messages unless its clock was synchronised', () => {
    const timeline = { anchors: [], heardOffsetMs: T0 };
    expect(placeRecord(seen(5000, 0), timeline)).toEqual({ quality: 'corrected', at: T0 + 5000 });
    expect(placeRecord(seen(5000, HOUR, 'ntp'), timeline)).toEqual({ quality: 'measured', at: HOUR });
    expect(placeRecord(seen(5000, T0 + 5900, 'rtc'), timeline)).toEqual({
      quality: 'measured',
      at: T0 + 5900,
    });
  });

  it('has no place without messages, unless its clock was synchronised', () => {
    expect(placeRecord(seen(5000, T0), { anchors: [], heardOffsetMs: null })).toBeNull();
    expect(placeRecord(seen(5000, T0, 'rtc'), { anchors: [], heardOffsetMs: null })).toBeNull();
  });

  const bounds = { earliestOffsetMs: T0, latestOffsetMs: T0 + HOUR };

  it.each([
    {
      why: 'between the bounds',
      given: seen(1000, T0),
      ...bounds,
      result: { quality: 'bounded', at: T0 + HOUR + 1000, earliestAt: T0 + 1000 },
    },
    {
      why: 'before the later one',
      given: seen(1000, T0),
      latestOffsetMs: T0,
      earliestOffsetMs: null,
      result: { quality: 'bounded', at: T0 + 1000, earliestAt: null },
    },
    {
      why: 'where a plausible battery clock says',
      given: seen(1000, T0 + 60_000, 'rtc'),
      ...bounds,
      result: { quality: 'measured', at: T0 + 60_000 },
    },
    {
      why: 'between the bounds although a battery clock says 1970',
      given: seen(1000, 0, 'rtc'),
      ...bounds,
      result: { quality: 'bounded', at: T0 + HOUR + 1000, earliestAt: T0 + 1000 },
    },
  ])('is placed $why', ({ given, earliestOffsetMs, latestOffsetMs, result }) => {
    expect(placeWithin(given, { earliestOffsetMs, latestOffsetMs })).toEqual(result);
  });
});
