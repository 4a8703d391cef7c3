import type { Clock, ShockBody } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { AddressedBus } from '../io/testing/addressed-bus.ts';
import { DEFAULT_SENSING, type ShockChip } from '../sensing/sensing-config.ts';
import { tapText } from './tap-text.ts';
import { tapVerdict } from './tap-verdict.ts';
import { TapWatch } from './tap-watch.ts';

const CHIP = DEFAULT_SENSING.shock as ShockChip;
const TAP: ShockBody = {
  sensor: 'adxl375-53',
  impactAt: 0,
  peakG: { x: 0, y: 0, z: 8, resultant: 8 },
  durationMs: 11,
  velocityChangeMps: 0.55,
  impactClass: 'kick',
  freeFallMs: 0,
  dropHeightM: null,
  equivalentDropHeightM: { low: 0.004, high: 0.015 },
  clipped: { x: false, y: false, z: false },
  rateHz: 800,
  isBandwidthLimited: false,
  fairing: { filter: 'none', cornerHz: 0 },
};

test('a tap that reaches trigger and storage criterion would be stored', () => {
  expect(tapVerdict(TAP, 9, CHIP)).toEqual({ isStored: true, missed: [] });
});

test.each([
  ['SHOCK_TRIGGER_G', { ...TAP }, 4.9],
  ['SHOCK_MIN_PEAK_G', { ...TAP, peakG: { ...TAP.peakG, resultant: 4.9 } }, 5.9],
  ['SHOCK_MIN_VELOCITY_CHANGE_MPS', { ...TAP, velocityChangeMps: 0.29 }, 9],
  ['SHOCK_MIN_DURATION_MS', { ...TAP, durationMs: 0.4 }, 9],
])('a tap that misses %s would not, and says so with both values', (key, shock, highestG) => {
  const verdict = tapVerdict(shock, highestG, CHIP);
  expect(verdict.isStored).toBe(false);
  expect(verdict.missed).toEqual([expect.stringMatching(new RegExp(`^${key} is .*, this was \\d`))]);
});

test('a tap at the end of the range is a lower bound, and a short one says what it cannot show', () => {
  const shock = { ...TAP, clipped: { x: false, y: false, z: true }, isBandwidthLimited: true };
  const text = tapText(2, { kind: 'tap', shock, verdict: { isStored: true, missed: [] } });
  expect(text).toMatch(
    /^tap 2 {2}peak ≥ 8\.0 g, 11\.0 ms, 0\.55 m\/s, adxl375-53 at 800 Hz, would be stored\n/,
  );
  expect(text).toContain('the true peak may be higher');
});

test('a chip that does not answer ends the wait with what to do', async () => {
  let nowMs = 0;
  const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, quality: () => 'ntp' };
  const watch = new TapWatch(new AddressedBus({}), clock, CHIP);
  const tap = await watch.next(async (ms) => {
    nowMs += ms;
  });
  await watch.close();
  expect(nowMs).toBe(30_000);
  expect(tap).toMatchObject({
    kind: 'none',
    found: expect.stringContaining('adxl375-53 gives no samples: absent'),
    fix: expect.stringContaining('doctor'),
  });
});
