import { MINUTE_MS } from '@jostle/contracts';
import { composeJourney } from '../journeys/journey-composer.ts';
import type { Journey } from '../world/journey.ts';
import { pieceDurationMs } from '../world/journey.ts';
import type { FleetOptions } from './fleet-options.ts';

/** One device of the fleet. */
export interface FleetDevice {
  id: string;
  seed: number;
  journey: Journey;
  /** When it is switched on, in simulated wall time. */
  onAt: number;
}

export interface FleetRoster {
  devices: FleetDevice[];
  /** Simulated wall time at which the first is switched on, and at which all journeys are over. */
  simFromMs: number;
  simUntilMs: number;
}

/** Devices are switched on within this before their journeys begin, so that they do not send in step, ms. */
const SWITCH_ON_MS = MINUTE_MS;
/** What was measured last goes out with the minute that it belongs to. */
const AFTERWARDS_MS = 5000;

/**
 * Who takes part and what happens to each. All journeys begin at one time and have ended by `nowMs`.
 *
 * @param nowMs wall time, ms since the epoch
 */
export function rosterOf(options: FleetOptions, nowMs: number): FleetRoster {
  const { devices: count, prefix, seed, minutes, eventsPerTrip } = options;
  const durationMs = minutes * MINUTE_MS;
  // A journey may be somewhat longer than planned.
  const startsAt = Math.floor(nowMs - 1.2 * durationMs - MINUTE_MS);
  const devices = Array.from({ length: count }, (_, n): FleetDevice => {
    const own = Math.imul(seed, 100_003) + n;
    return {
      id: idOf(prefix, n),
      seed: own,
      journey: composeJourney(own, { startsAt, durationMs, eventsPerTrip }),
      onAt: startsAt - Math.round((SWITCH_ON_MS * (n + 1)) / count),
    };
  });
  return {
    devices,
    simFromMs: startsAt - SWITCH_ON_MS,
    simUntilMs: Math.max(...devices.map((d) => endOf(d.journey))) + AFTERWARDS_MS,
  };
}

export function idOf(prefix: string, n: number): string {
  return `${prefix}-${String(n + 1).padStart(4, '0')}`;
}

function endOf(journey: Journey): number {
  return journey.startsAt + Math.ceil(journey.pieces.reduce((sum, p) => sum + pieceDurationMs(p), 0));
}
