import { expect, test } from 'vitest';
import { cpuSeconds, peakResidentMb, pidStartedWith, residentMb, threadSeconds } from './process-usage.ts';

test('a process is the sum of its threads, and was never smaller than it is', () => {
  const threads = [...threadSeconds(process.pid).values()].reduce((sum, one) => sum + one, 0);
  const whole = cpuSeconds(process.pid);
  expect(whole).toBeGreaterThan(0);
  // A thread that has ended counts for the process alone, and each is rounded down to a tick.
  expect(threads).toBeLessThanOrEqual(whole + 0.05);
  const now = residentMb(process.pid);
  expect(now).toBeGreaterThan(1);
  expect(peakResidentMb(process.pid)).toBeGreaterThanOrEqual(now);
});

test('a process is found by what it was started with', () => {
  expect(pidStartedWith(process.argv[0] ?? '')).toBeGreaterThan(0);
  expect(pidStartedWith('no process was started with this')).toBeNaN();
});
