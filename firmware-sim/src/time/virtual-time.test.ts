import { afterEach, describe, expect, it } from 'vitest';
import { VirtualTime } from './virtual-time.ts';

const HOUR_MS = 3_600_000;
const PAST = Date.parse('2026-03-02T08:00:00Z');
const realNow = Date.now;
const realTimeout = setTimeout;

let time: VirtualTime | undefined;
afterEach(() => {
  time?.uninstall();
  time = undefined;
});

describe('virtual time', () => {
  it('runs an hour of two timers in order, far faster than the hour', async () => {
    time = new VirtualTime(PAST);
    const fired: [string, number][] = [];
    setInterval(() => fired.push(['second', Date.now() - PAST]), 1000);
    setInterval(() => fired.push(['minute', Date.now() - PAST]), 60_000);
    const startedAt = realNow();
    await time.runUntil(PAST + HOUR_MS + 1);
    expect(realNow() - startedAt).toBeLessThan(10_000);
    expect(fired.filter(([name]) => name === 'second')).toHaveLength(3600);
    expect(fired.filter(([name]) => name === 'minute')).toHaveLength(60);
    const times = fired.map(([, ms]) => ms);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Date.now()).toBe(PAST + HOUR_MS + 1);
  });

  it('lets a promise chain end before the next timer fires', async () => {
    time = new VirtualTime(PAST);
    const steps: string[] = [];
    setTimeout(async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      steps.push('chain');
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push(`woken after ${Date.now() - PAST} ms`);
    }, 10);
    setTimeout(() => steps.push('next'), 11);
    await time.runUntil(PAST + 100);
    expect(steps).toEqual(['chain', 'next', 'woken after 15 ms']);
  });

  it('moves all clocks of the thread together', async () => {
    time = new VirtualTime(PAST);
    const clock = time.clock();
    const before = performance.now();
    const hrBefore = process.hrtime.bigint();
    await time.runUntil(PAST + 1500);
    expect(performance.now() - before).toBe(1500);
    expect(process.hrtime.bigint() - hrBefore).toBe(1_500_000_000n);
    expect([clock.wallMs(), clock.monotonicMs(), clock.quality()]).toEqual([PAST + 1500, 1500, 'ntp']);
  });

  it('lives through the past at the given speed', async () => {
    time = new VirtualTime(PAST);
    const startedAt = realNow();
    const running = time.run(100);
    await new Promise((resolve) => realTimeout(resolve, 100));
    time.stop();
    await running;
    expect(time.nowMs() - PAST).toBeGreaterThan(1000);
    // One millisecond for the rounding of the real clock.
    expect(time.nowMs() - PAST).toBeLessThanOrEqual((realNow() - startedAt + 1) * 100);
  });

  it('ends by itself at a given simulated time, and can go on from there', async () => {
    time = new VirtualTime(PAST);
    await time.run(1000, PAST + 50);
    expect(time.nowMs()).toBe(PAST + 50);
    await time.run(1000, PAST + 80);
    expect(time.nowMs()).toBe(PAST + 80);
  });

  it('never gets ahead of the real clock', async () => {
    time = new VirtualTime(realNow() - 1000);
    const running = time.run(1000);
    let ahead = 0;
    setInterval(() => {
      ahead = Math.max(ahead, Date.now() - realNow());
    }, 1);
    await new Promise((resolve) => realTimeout(resolve, 60));
    time.stop();
    await running;
    expect(ahead).toBeLessThanOrEqual(0);
    // It began a second behind; at 1× it would still be.
    expect(realNow() - time.nowMs()).toBeLessThan(900);
  });
});
