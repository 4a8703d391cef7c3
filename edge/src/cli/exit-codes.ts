import { isJostleError } from '@jostle/contracts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

/** The result of a start-up step; where it fails, its reason goes to stderr and the process ends. */
export function orExit<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    const isConfig = isJostleError(error, 'CONFIG_INVALID');
    console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
    process.exit(isConfig ? EXIT_CONFIG : EXIT_START);
  }
}
