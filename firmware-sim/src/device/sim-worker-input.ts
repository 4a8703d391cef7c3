import type { SensingConfig } from '@jostle/edge/sensing';
import type { MotionName } from '../field/field-motions.ts';
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
  /** What the device feels from the start of the journey on, in place of the journey's motion. */
  motion?: MotionName | undefined;
  /** What the accelerometers read at 0 g, by axis; by default what the configuration takes off again. */
  zeroOffsetG?: readonly [number, number, number] | undefined;
}
