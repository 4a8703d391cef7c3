import type { SensingConfig } from '@jostle/edge/sensing';
import type { Journey } from '../world/journey.ts';
import type { PlugEvent } from './plugs.ts';

/** What the simulated hardware worker is started with. */
export interface SimWorkerInput {
  seed: number;
  journey: Journey;
  /** Simulated wall time at which it begins, ms since the epoch. */
  simFromMs: number;
  /** How many times faster than real time the past is lived through; at least 1. */
  speed: number;
  sensors: SensingConfig;
  /** Chips that come off and back, counted from `simFromMs`; none by default. */
  plugs?: readonly PlugEvent[];
}
