import { ManualClock } from '@jostle/contracts';
import { beforeEach, describe, expect, test } from 'vitest';
import { SendWindow, WINDOW_MESSAGES } from './send-window.ts';

/** With this the delays are those of the plan, without jitter. */
const NO_JITTER = () => 1;

let clock: ManualClock;
let window: SendWindow;
beforeEach(() => {
  clock = new ManualClock(0);
  window = new SendWindow(NO_JITTER);
});

const send = (from: number, to: number) => window.sent(from, to, clock.monotonicMs());
const after = (ms: number) => {
  clock.advance(ms);
  window.expire(clock.monotonicMs());
  return window.inFlight();
};

describe('the send window', () => {
  test('has room for 20 messages, and for one more with each that has its receipt', () => {
    for (let i = 0; i < WINDOW_MESSAGES; i++) send(i * 10 + 1, i * 10 + 10);
    expect(window.room()).toBe(0);
    expect(window.inFlight()).toEqual([[1, 200]]);
    window.settle([[1, 25]], clock.monotonicMs());
    expect(window.room()).toBe(2);
    expect(window.inFlight()).toEqual([[21, 200]]);
  });

  test('forgets a run whose receipt is 3 s overdue, so that it is sent again', () => {
    send(1, 10);
    expect(after(2_999)).toEqual([[1, 10]]);
    expect(after(1)).toEqual([]);
  });

  test('risks one message at a time while nothing is answered, at growing intervals up to a minute', () => {
    for (let i = 0; i < WINDOW_MESSAGES; i++) send(i * 10 + 1, i * 10 + 10);
    const intervals: number[] = [];
    let last = 0;
    for (let second = 1; second <= 300; second++) {
      after(1_000);
      if (window.room() === 0) continue;
      expect(window.room()).toBe(1);
      intervals.push(second - last);
      last = second;
      send(1, 10);
    }
    expect(intervals).toEqual([3, 6, 12, 24, 48, 60, 60, 60]);
  });

  test('opens again with the first receipt', () => {
    send(1, 10);
    after(3_000);
    expect(window.room()).toBe(1);
    window.settle([], clock.monotonicMs());
    expect(window.room()).toBe(WINDOW_MESSAGES);
  });

  test('asks less and less often for the receipt of one run while others are answered', () => {
    const sends: number[] = [];
    for (let second = 0; second <= 60; second++) {
      if (window.inFlight().every(([from]) => from !== 1)) {
        send(1, 10);
        sends.push(second);
      }
      clock.advance(500);
      window.settle([[100, 200]], clock.monotonicMs());
      after(500);
    }
    expect(sends).toEqual([0, 3, 9, 21, 45]);
    expect(window.room()).toBe(WINDOW_MESSAGES - 1);
  });

  test('keeps a run that a receipt covers only in part', () => {
    send(1, 10);
    window.settle([[1, 9]], clock.monotonicMs());
    expect(window.inFlight()).toEqual([[1, 10]]);
  });

  test('is empty after a lost connection, and still careful when nothing was answered before it', () => {
    send(1, 10);
    after(3_000);
    send(1, 10);
    window.forgetAll();
    expect([window.inFlight(), window.room()]).toEqual([[], 1]);
  });
});

test('two devices that wait for the same receipt do not send again in step', () => {
  const sendsOf = (random: () => number) => {
    const device = new SendWindow(random);
    const sends: number[] = [];
    for (let now = 0; now < 300_000; now += 250) {
      device.expire(now);
      if (device.inFlight().length > 0) continue;
      device.sent(1, 10, now);
      sends.push(now);
    }
    return sends.slice(1);
  };
  const seeded = (seed: number) => {
    let state = seed;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  };
  const first = sendsOf(seeded(11));
  const second = new Set(sendsOf(seeded(4_242)));
  expect(first.length).toBeGreaterThan(5);
  expect(first.filter((at) => second.has(at)).length).toBeLessThanOrEqual(1);
});
