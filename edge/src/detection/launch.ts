import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { distanceG, meanOf } from './samples.ts';

/** A throw by hand takes less than this, ms. */
const LONGEST_LAUNCH_MS = 500;

/** Averaging the vector over this time keeps a launch and removes the vibration of a vehicle, ms. */
const BIN_MS = 50;

/**
 * From this launch velocity on the fall counts as a toss, m/s: a fall of 0.8 m that began upwards with it lasts
 * 13 % longer, so that g t²/2 gives 28 % too much height.
 */
export const TOSS_LAUNCH_MPS = 0.5;

/**
 * Upward velocity with which something left the hand (or the ground, in a rebound) at the start of a free fall,
 * m/s: the integral of the specific force beyond 1 g over the time before, at its largest. Its direction is not
 * known, so a sideways push counts too; both make the fall's duration unfit for a height.
 */
export function launchVelocityMps(xyz: Float32Array, fallStartIndex: number, periodMs: number): number {
  const width = Math.max(1, Math.round(BIN_MS / periodMs));
  const binSeconds = (width * periodMs) / 1000;
  let velocity = 0;
  let largest = 0;
  for (let bin = 1; bin * BIN_MS <= LONGEST_LAUNCH_MS && bin * width <= fallStartIndex; bin++) {
    const from = fallStartIndex - bin * width;
    velocity += (distanceG(meanOf(xyz, from, from + width)) - 1) * STANDARD_GRAVITY_MPS2 * binSeconds;
    largest = Math.max(largest, velocity);
  }
  return largest;
}
