import { gaussianTable, seededRandom } from '../world/random.ts';

const TABLE_BITS = 12;

/**
 * Noise of the accelerometer by sample and axis: sums of two values of a normal table, at places that the sample
 * number is hashed to, so that it does not matter which samples were asked for before.
 *
 * @param densityG noise density of each axis, g/√Hz
 */
export function accelerometerNoise(
  seed: number,
  densityG: number,
  rateHz: number,
): (sample: number, axis: number) => number {
  const table = gaussianTable((1 << TABLE_BITS) + 3, seededRandom(seed));
  // The bandwidth is half the output data rate (ADXL375 datasheet, power savings); two equal parts make one RMS.
  const partG = densityG * Math.sqrt(rateHz / 2 / 2);
  return (sample, axis) => {
    const one = Math.imul(sample, 0x9e3779b1) >>> (32 - TABLE_BITS);
    const other = Math.imul(sample ^ (sample >>> TABLE_BITS), 0x85ebca6b) >>> (32 - TABLE_BITS);
    return partG * ((table[one + axis] ?? 0) + (table[other + axis] ?? 0));
  };
}
