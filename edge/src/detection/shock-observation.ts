import type { ShockBody } from '@jostle/contracts';
import type { Calibration } from '../calibration/calibration.ts';
import type { AxesMps } from './pulse.ts';

/** What a trigger must reach to be stored as a shock event; all three must hold. */
export interface StorageCriterion {
  /** Faired resultant peak acceleration, g. */
  minPeakG: number;
  /** Velocity change, m/s. */
  minVelocityChangeMps: number;
  /** Duration between the 10 % crossings, ms. */
  minDurationMs: number;
}

export interface ShockDetectorOptions {
  /** Full scale of the chip, g: an axis that read within two counts of it is clipped. Infinity where it is unknown. */
  rangeG: number;
  /** How the samples were calibrated: the range is that of what the chip read. Left out: they are as it read. */
  calibration?: Calibration;
  /** Acceleration of one count, g; also the resolution of the stored waveform. */
  countG: number;
  /** A sample whose resultant, gravity included, reaches this opens an event, g. */
  triggerG: number;
  storage: StorageCriterion;
}

/**
 * A trigger of 5 g is what instrumented parcel surveys use (ASTM/IST "MADE" project, data findings).
 * 0.3 m/s is the velocity change of the shortest 5 g half-sine that such a survey resolves (10 ms), and that of a
 * fall from 5 mm: what is gentler is handling, not a shock.
 */
export const DEFAULT_TRIGGER: Pick<ShockDetectorOptions, 'triggerG' | 'storage'> = {
  triggerG: 5,
  storage: { minPeakG: 5, minVelocityChangeMps: 0.3, minDurationMs: 0.5 },
};

/**
 * A finished shock event on the monotonic clock: a `ShockBody` that has no sensor name and no wall time yet, and knows
 * nothing of a parcel around the sensor.
 */
export type ShockObservation = Omit<ShockBody, 'sensor' | 'impactAt' | 'impactOrientation'> & {
  /** Velocity change along each axis of the samples, m/s; its norm is `velocityChangeMps`. */
  velocityChange: AxesMps;
  /** Monotonic time of the sample that triggered, ms. */
  impactMonoMs: number;
};
