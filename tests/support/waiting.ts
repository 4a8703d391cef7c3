import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Resolves when something is so.
 *
 * @param otherwise says how things stand
 * @throws Error with that where it is not so in time
 */
export async function until(
  limitMs: number,
  isSo: () => boolean | Promise<boolean>,
  otherwise: () => string,
  everyMs = POLL_MS,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not after ${limitMs} ms: ${otherwise()}`);
    await wait(everyMs);
  }
}

/** Asks until it is so. @throws Error naming what was not so in time */
export function awaited(
  what: string,
  limitMs: number,
  isSo: () => boolean | Promise<boolean>,
  everyMs = POLL_MS,
): Promise<void> {
  return until(limitMs, isSo, () => `still waiting for ${what}`, everyMs);
}
