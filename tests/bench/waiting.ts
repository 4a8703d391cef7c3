import { setTimeout as delay } from 'node:timers/promises';
import { JostleError } from '@jostle/contracts';

export { delay };

/** Asks again and again until the answer is yes. @throws JostleError INTERNAL naming what did not come */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { everyMs = 50, limitMs = 120_000 } = {},
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline)
      throw new JostleError('INTERNAL', `The benchmark waited ${limitMs / 1000} s for ${what}.`);
    await delay(everyMs);
  }
}
