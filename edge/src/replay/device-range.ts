/** Full scales of common accelerometers, g: BMI160, ADXL345, ADXL372/375, H3LIS331DL data sheets; enDAQ models. */
const USUAL_RANGES_G = [2, 4, 8, 16, 25, 40, 100, 200, 400, 500];

/** A value that was scaled and calibrated misses the end of the range by up to this fraction of it. */
export const END_OF_RANGE_TOLERANCE = 0.001;

/**
 * The full scale of a recording, g, where its largest value shows one: a real peak hardly ever lies within 0.1 %
 * of a usual full scale. Infinity where it does not.
 *
 * @param xyz interleaved, g
 */
export function deviceRangeG(xyz: Float32Array): number {
  const largestG = xyz.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const range = USUAL_RANGES_G.find(
    (fullScaleG) => Math.abs(largestG / fullScaleG - 1) <= END_OF_RANGE_TOLERANCE,
  );
  return range ?? Number.POSITIVE_INFINITY;
}
