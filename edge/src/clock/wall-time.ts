import type { Clock } from '@jostle/contracts';

/** What the wall clock, as it stands now, showed at a monotonic time; ms since the epoch, whole. */
export function wallTimeOf(clock: Clock, monotonicMs: number): number {
  return Math.round(clock.wallMs() - (clock.monotonicMs() - monotonicMs));
}
