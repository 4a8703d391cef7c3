import type { ShockBody } from '@jostle/contracts';
import type { ShockChip } from '../sensing/sensing-config.ts';

/** Whether the agent would have stored a tap, and by which settings not. */
export interface TapVerdict {
  isStored: boolean;
  /** Each setting that it did not reach, in words; empty where it would be stored. */
  missed: readonly string[];
}

/**
 * Holds a tap against trigger and storage criterion of the agent.
 *
 * @param highestG largest resultant of its samples, gravity included: what the trigger looks at, g
 */
export function tapVerdict(shock: ShockBody, highestG: number, chip: ShockChip): TapVerdict {
  const { minPeakG, minVelocityChangeMps, minDurationMs } = chip.storage;
  const limits = [
    { key: 'SHOCK_TRIGGER_G', value: highestG, limit: chip.triggerG, unit: 'g' },
    { key: 'SHOCK_MIN_PEAK_G', value: shock.peakG.resultant, limit: minPeakG, unit: 'g' },
    {
      key: 'SHOCK_MIN_VELOCITY_CHANGE_MPS',
      value: shock.velocityChangeMps,
      limit: minVelocityChangeMps,
      unit: 'm/s',
    },
    { key: 'SHOCK_MIN_DURATION_MS', value: shock.durationMs, limit: minDurationMs, unit: 'ms' },
  ];
  const missed = limits
    .filter(({ value, limit }) => value < limit)
    .map(({ key, value, limit, unit }) => `${key} is ${limit} ${unit}, this was ${value.toFixed(2)}`);
  return { isStored: missed.length === 0, missed };
}
