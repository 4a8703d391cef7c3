import { type AgentConfig, type AgentOptions, sensingOf } from '@jostle/edge/agent';
import type { SimWorkerInput } from '../device/sim-worker-input.ts';
import { FIELD_SEED, type FieldJourney } from './field-journeys.ts';

/** The hardware worker of a device that sets out on the journey now. */
export function simulatedHardware(
  { journey, plugs, motion, zeroOffsetG }: FieldJourney,
  config: AgentConfig,
): Pick<AgentOptions, 'workerUrl' | 'workerData'> {
  const startsAt = Date.now();
  return {
    workerUrl: new URL('../device/sim-hw-worker-entry.js', import.meta.url),
    workerData: (): SimWorkerInput => {
      // A worker that is started again goes on with the journey; it does not begin anew.
      const simFromMs = Date.now();
      return {
        seed: FIELD_SEED,
        journey: { ...journey, startsAt },
        simFromMs,
        speed: 1,
        sensors: sensingOf(config),
        plugs: plugs.map((plug) => ({ ...plug, afterMs: plug.afterMs + startsAt - simFromMs })),
        motion,
        zeroOffsetG,
      };
    },
  };
}
