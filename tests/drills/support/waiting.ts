import { until } from './until.ts';

/** Asks until it is so. @throws Error naming what was not so in time */
export function awaited(
  what: string,
  limitMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  return until(limitMs, isSo, () => `still waiting for ${what}`);
}
