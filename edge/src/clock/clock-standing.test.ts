import { type AnchorBody, type DeviceRecord, ManualClock } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { ClockStanding } from './clock-standing.ts';

const WALL = Date.UTC(2026, 2, 1, 9);

function anchor(clock: ManualClock, source: AnchorBody['source']): DeviceRecord {
  const time = { measuredAt: clock.wallMs(), monotonicMs: clock.monotonicMs(), clockQuality: source };
  const body = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs(), source, errorMs: 1 };
  return { kind: 'anchor', ...time, body, seq: 1, bootId: 'b', bootNumber: 3 };
}

it('tells the boot, the last anchor and for how long there was no synchronised one', () => {
  const clock = new ManualClock(WALL);
  const standing = new ClockStanding(clock);
  clock.advance(5000);
  expect(standing.now()).toEqual({ bootNumber: null, anchoredAt: null, unsyncedMs: 5000 });
  standing.note([anchor(clock, 'none')]);
  clock.advance(5000);
  expect(standing.now()).toEqual({ bootNumber: 3, anchoredAt: null, unsyncedMs: 10_000 });
  standing.note([anchor(clock, 'ntp')]);
  expect(standing.now()).toEqual({ bootNumber: 3, anchoredAt: WALL + 10_000, unsyncedMs: null });
  clock.advance(5000);
  standing.note([anchor(clock, 'rtc')]);
  clock.advance(1000);
  expect(standing.now()).toEqual({ bootNumber: 3, anchoredAt: WALL + 10_000, unsyncedMs: 1000 });
});
