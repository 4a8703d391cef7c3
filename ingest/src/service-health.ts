import type { Intake } from './intake/intake.ts';
import type { Keeper } from './keeping/keeper.ts';
import type { PartHealth } from './rest/server-deps.ts';

/** The parts as `/readyz` shows them. Curves that lag are told of, but the service is of use without them. */
export function partHealth(intake: Intake, keeper: Keeper): PartHealth[] {
  const { isConnected, storeFailures } = intake.state;
  return [
    {
      part: 'store',
      isReady: storeFailures === 0,
      detail: storeFailures === 0 ? 'commits' : 'cannot commit',
    },
    {
      part: 'intake',
      isReady: isConnected,
      detail: isConnected ? 'connected' : 'no connection to the broker',
    },
    { part: 'telemetry', isReady: true, detail: keeper.standing },
  ];
}
