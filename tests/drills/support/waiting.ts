import { until } from './until.ts';

/** Asks until it is so. @throws Error naming what was not so in time */
export function awaited(
  what: string,
  limitMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  return until(limitMs, isSo, () => `still waiting for ${what}`);
}

/** The value below which a share of all values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
