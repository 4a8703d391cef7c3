import { setTimeout as delay } from 'node:timers/promises';
import { awaited } from '../support/waiting.ts';

export { delay };

/** Asks again and again until the answer is yes. @throws Error naming what did not come */
export function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { everyMs = 50, limitMs = 120_000 } = {},
): Promise<void> {
  return awaited(what, limitMs, isSo, everyMs);
}
