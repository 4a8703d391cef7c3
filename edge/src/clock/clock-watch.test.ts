import { ManualClock } from '@jostle/contracts';
import { describe, expect, it } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

const WALL = Date.UTC(2026, 2, 1, 9);
const HOUR = 3_600_000;

/** Looks once a second; gives the anchors of that time. */
function lookFor(watch: ClockWatch, clock: ManualClock, seconds: number) {
  return Array.from({ length: seconds }, () => {
    clock.advance(1000);
    return watch.look();
  }).filter((anchor) => anchor !== null);
}

describe('ClockWatch', () => {
  it('draws the line at the first look, and not again while both clocks go alike', () => {
    const clock = new ManualClock(WALL);
    clock.advance(5000);
    const watch = new ClockWatch(clock);
    expect(watch.look()).toEqual({ monotonicMs: 5000, wallMs: WALL + 5000, source: 'ntp', errorMs: 1 });
    expect(lookFor(watch, clock, 3600)).toEqual([]);
  });

  it('draws it at once when the clock is synchronised, also where that did not move it', () => {
    const clock = new ManualClock(WALL, 'none');
    const watch = new ClockWatch(clock);
    expect(watch.look()?.source).toBe('none');
    clock.step(WALL + 7 * HOUR, 'ntp');
    expect(watch.look()).toMatchObject({ wallMs: WALL + 7 * HOUR, source: 'ntp' });
    clock.step(clock.wallMs(), 'none');
    expect(watch.look()?.source).toBe('none');
  });

  it.each([HOUR, -HOUR, 24 * HOUR, -24 * HOUR, -WALL, 501])(
    'draws it once, 30 s after a step of %d ms',
    (step) => {
      const clock = new ManualClock(WALL);
      const watch = new ClockWatch(clock);
      watch.look();
      clock.step(clock.wallMs() + step);
      expect(lookFor(watch, clock, 30)).toEqual([]);
      expect(lookFor(watch, clock, 120)).toEqual([
        { monotonicMs: 31_000, wallMs: WALL + step + 31_000, source: 'ntp', errorMs: 1 },
      ]);
    },
  );

  it('ignores a step that is taken back, and one that is too small to matter', () => {
    const clock = new ManualClock(WALL);
    const watch = new ClockWatch(clock);
    watch.look();
    clock.step(clock.wallMs() + HOUR);
    expect(lookFor(watch, clock, 20)).toEqual([]);
    clock.step(clock.wallMs() - HOUR + 400);
    expect(lookFor(watch, clock, 120)).toEqual([]);
  });

  it('says how far apart the clocks were read', () => {
    let mono = 0;
    const clock = { wallMs: () => WALL, monotonicMs: () => (mono += 40), quality: () => 'ntp' as const };
    expect(new ClockWatch(clock).look()).toEqual({
      monotonicMs: 60,
      wallMs: WALL,
      source: 'ntp',
      errorMs: 21,
    });
  });
});
