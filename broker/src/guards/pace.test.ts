import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

const LIMITS = { messagesPerSecond: 10, bytesPerSecond: 1000 };

test('lets a burst of two seconds through, and then makes wait for what is owed', () => {
  let now = 0;
  const pace = new Pace(LIMITS, () => now);
  pace.take(20, 100);
  expect(pace.waitMs()).toBe(0);
  pace.take(5, 0);
  expect(pace.waitMs()).toBe(500);
  now += 500;
  expect(pace.waitMs()).toBe(0);
  pace.take(0, 4_000);
  expect(pace.waitMs()).toBeGreaterThan(1_000);
});

test('who waits as told never sends more than the limits and one burst', () => {
  const chunk = fc.record({
    messages: fc.integer({ min: 0, max: 30 }),
    bytes: fc.integer({ min: 1, max: 3_000 }),
    pauseMs: fc.integer({ min: 0, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 60 }), (chunks) => {
      let now = 0;
      const pace = new Pace(LIMITS, () => now);
      let bytes = 0;
      for (const { messages, bytes: size, pauseMs } of chunks) {
        now += pauseMs;
        now += pace.waitMs();
        // Nothing is owed now: only the chunk itself may go beyond.
        expect(bytes).toBeLessThanOrEqual(LIMITS.bytesPerSecond * (2 + now / 1000) + 1);
        pace.take(messages, size);
        bytes += size;
      }
    }),
  );
});
