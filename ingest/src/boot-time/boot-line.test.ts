import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BootLine, knownTimeOf, placeOnLine } from './boot-line.ts';

const ms = fc.integer({ min: -10_000, max: 10_000 });
const line: fc.Arbitrary<BootLine> = fc.record({
  anchors: fc
    .array(fc.record({ monotonicMs: ms, wallMs: ms }), { maxLength: 3 })
    .map((anchors) => anchors.toSorted((a, b) => a.monotonicMs - b.monotonicMs)),
  heardOffsetMs: fc.option(ms),
  bounds: fc.option(fc.record({ earliestOffsetMs: fc.option(ms), latestOffsetMs: ms })),
});

it('knows the time of exactly the records that are placed by more than bounds', () => {
  const clock = fc.constantFrom('none', 'rtc', 'ntp');
  fc.assert(
    fc.property(line, clock, ms, ms, (known, clockQuality, measuredAt, monotonicMs) => {
      const placement = placeOnLine({ measuredAt, monotonicMs, clockQuality }, known);
      const at = placement === null || placement.quality === 'bounded' ? null : placement.at;
      expect(knownTimeOf(known, clockQuality)(measuredAt, monotonicMs)).toBe(at);
    }),
  );
});

it('falls back from anchors to what was heard, to the own clock, to bounds, to nothing', () => {
  const bounds = { earliestOffsetMs: null, latestOffsetMs: 500 };
  const seen = { measuredAt: 0, monotonicMs: 100, clockQuality: 'none' } as const;
  const anchors = [{ monotonicMs: 0, wallMs: 1000 }];
  const of = (part: Partial<BootLine>) =>
    placeOnLine(seen, { anchors: [], heardOffsetMs: null, bounds: null, ...part });
  expect(of({ anchors, heardOffsetMs: 3000, bounds })).toEqual({ quality: 'corrected', at: 1100 });
  expect(of({ heardOffsetMs: 3000, bounds })).toEqual({ quality: 'corrected', at: 3100 });
  expect(of({ bounds })).toEqual({ quality: 'bounded', at: 600, earliestAt: null });
  expect(of({})).toBeNull();
});
