import { isJostleError, JostleError } from '@jostle/contracts';
import type { Simulator } from './station.ts';

/**
 * The package that simulates. It is found by its name when it is asked for and never imported: the agent on a device
 * is complete without it, and the simulator builds on the agent, not the other way round.
 */
const SIMULATOR_PACKAGE = '@jostle/firmware-sim/field';

/** @throws JostleError EDGE_SIMULATOR_ABSENT where the package is not installed */
export async function loadSimulator(name: string = SIMULATOR_PACKAGE): Promise<Simulator> {
  try {
    const { simulator } = (await import(name)) as { simulator: Simulator };
    return simulator;
  } catch (cause) {
    if (isJostleError(cause)) throw cause;
    throw new JostleError(
      'EDGE_SIMULATOR_ABSENT',
      `${name} cannot be loaded (${String(cause)}): --sim works in a checkout of the project, not on a device that has only the agent.`,
      { cause },
    );
  }
}
