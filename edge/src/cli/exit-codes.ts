import { isJostleError } from '@jostle/contracts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

/** The result of a step; where it fails, its reason goes to stderr and the process ends. */
export function orExit<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    return exitWith(error);
  }
}

/** The same for a step that takes its time. */
export async function orExitAsync<T>(step: () => Promise<T>): Promise<T> {
  return step().catch(exitWith);
}

function exitWith(error: unknown): never {
  console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
  process.exit(isJostleError(error, 'CONFIG_INVALID') ? EXIT_CONFIG : EXIT_START);
}
