import { JostleError } from '@jostle/contracts';
import { Option } from 'commander';
import { readAgentConfig } from '../config.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import type { FieldStation, Simulator } from '../field/station.ts';
import { thisMachine } from '../field/this-machine.ts';

/** `--sim JOURNEY`, the same for every command of the field tech. */
export function simOption(): Option {
  return new Option(
    '--sim <journey>',
    'on simulated hardware: demo, quiet, drop, unplugged, taps or calibrate',
  );
}

/**
 * This machine by its configuration, or a simulated one.
 *
 * @param pace of simulated time
 * @throws JostleError CONFIG_INVALID for a wrong configuration, or a journey that does not exist
 */
export async function stationOf(journey: string | undefined, pace: 'real' | 'fast'): Promise<FieldStation> {
  if (journey === undefined) return thisMachine(readAgentConfig());
  const simulator = await loadSimulator();
  return simulator.open(knownJourney(simulator, journey), pace);
}

/** @throws JostleError CONFIG_INVALID naming the journeys that there are */
export function knownJourney({ journeys }: Simulator, journey: string): string {
  if (journeys.includes(journey)) return journey;
  throw new JostleError('CONFIG_INVALID', `--sim takes one of ${journeys.join(', ')}, not ${journey}.`);
}

/**
 * What heads the output of a simulated station, so that nobody takes it for a real one; empty for a real one.
 *
 * @param isAgentAsked a running agent has answered: it is real in all but its sensors, the facts of the machine are not
 */
export function simulationNotice(journey: string | null, isAgentAsked = false): string {
  if (journey === null) return '';
  const what = isAgentAsked
    ? 'of the running agent only the sensors are simulated; supply, disk and the other facts of the machine are made up'
    : 'sensors, supply, disk and broker are made up';
  return `SIMULATED, journey ${journey}: ${what}.\n\n`;
}

/**
 * For what must have the bus to itself; all else asks the agent.
 *
 * @throws JostleError EDGE_BUS_IN_USE while the agent of this device runs
 */
export async function assertBusIsFree(station: FieldStation): Promise<void> {
  if ((await station.askAgent()) === null) return;
  throw new JostleError(
    'EDGE_BUS_IN_USE',
    'The agent is running and has the bus: stop it with `systemctl stop jostle-edge`, and start it afterwards with `systemctl start jostle-edge`.',
  );
}
