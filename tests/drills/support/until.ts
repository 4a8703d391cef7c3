import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Resolves when something is so.
 *
 * @param otherwise says how things stand
 * @throws with that where it is not so in time
 */
export async function until(
  limitMs: number,
  isSo: () => boolean | Promise<boolean>,
  otherwise: () => string,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not after ${limitMs} ms: ${otherwise()}`);
    await wait(POLL_MS);
  }
}
