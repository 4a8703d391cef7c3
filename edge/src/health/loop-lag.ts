import type { Clock } from '@jostle/contracts';

const TICK_MS = 1_000;

/** How late the timers of this thread are. */
export interface LoopLag {
  /** The longest delay since the last call, ms. */
  worstMs(): number;
  stop(): void;
}

/** Watches the event loop by a timer that notes when it is called. */
export function watchLoopLag(clock: Clock): LoopLag {
  let worstMs = 0;
  let dueMs = clock.monotonicMs() + TICK_MS;
  const look = () => {
    const now = clock.monotonicMs();
    worstMs = Math.max(worstMs, now - dueMs);
    return now;
  };
  const timer = setInterval(() => {
    dueMs = look() + TICK_MS;
  }, TICK_MS);
  return {
    worstMs: () => {
      look();
      const worst = worstMs;
      worstMs = 0;
      return worst;
    },
    stop: () => clearInterval(timer),
  };
}
