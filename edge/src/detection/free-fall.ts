import { distanceG, meanOf, sampleAt } from './samples.ts';

/**
 * A resultant below this is free fall, g. It lies in the range of 0.3 to 0.6 g that the ADXL345 data sheet
 * recommends for THRESH_FF (register 0x28).
 */
export const NEAR_ZERO_G = 0.35;

/** Shorter near-zero times are not called a fall, ms: at 60 ms it is from less than 2 cm. */
const SHORTEST_FALL_MS = 60;

/** The trigger level must be reached this soon after the fall, or the fall did not end in this impact, ms. */
const IMPACT_RISE_MS = 30;

/**
 * Samples are averaged as vectors over this time before the comparison, ms: a ±200 g chip has a noise of about
 * 0.1 g per axis at 800 Hz (ADXL375 data sheet: 5 mg/√Hz), enough to lift single samples over the threshold,
 * while vibration that only passes through zero averages to gravity.
 */
const SMOOTHING_MS = 5;

export interface FreeFall {
  /** First and last sample near zero, as indexes into the stretch. */
  startIndex: number;
  endIndex: number;
  /** From the first to the last sample near zero, ms: short of the whole fall by less than two periods. */
  durationMs: number;
}

/**
 * The free fall that the impact at `impactIndex` ended; null where there was none. One that began before the
 * first sample is none either: nothing says how long it was.
 *
 * @param xyz interleaved specific force in g: 0 in free fall, 1 at rest
 */
export function findFreeFall(xyz: Float32Array, impactIndex: number, periodMs: number): FreeFall | null {
  const width = Math.max(1, Math.floor(SMOOTHING_MS / periodMs));
  const isFalling = (last: number) => distanceG(meanOf(xyz, last - width + 1, last + 1)) < NEAR_ZERO_G;
  const isNearZero = (index: number) => distanceG(sampleAt(xyz, index)) < NEAR_ZERO_G;

  const earliestEnd = Math.max(width, impactIndex - Math.ceil(IMPACT_RISE_MS / periodMs));
  let endIndex = impactIndex - 1;
  while (endIndex >= earliestEnd && !isFalling(endIndex)) endIndex--;
  if (endIndex < earliestEnd) return null;

  let startIndex = endIndex;
  while (startIndex >= width && isFalling(startIndex - 1)) startIndex--;
  startIndex -= width - 1;
  if (startIndex <= 0) return null;

  while (startIndex < endIndex && !isNearZero(startIndex)) startIndex++;
  while (endIndex > startIndex && !isNearZero(endIndex)) endIndex--;
  const durationMs = (endIndex - startIndex) * periodMs;
  return durationMs < SHORTEST_FALL_MS ? null : { startIndex, endIndex, durationMs };
}
