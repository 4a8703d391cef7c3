import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 10;

/** Asks until it is true. @throws Error naming what did not come true in time */
export async function until(
  what: string,
  limitMs: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${limitMs / 1000} s`);
    await wait(POLL_MS);
  }
}

/** The value below which a share of all values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
