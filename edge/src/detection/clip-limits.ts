import { type Calibration, calibrate } from '../calibration/calibration.ts';
import type { AxesG } from './samples.ts';

/** Where each axis of the parcel reaches the end of the chip's range, g: at or below `low`, at or above `high`. */
export interface ClipLimits {
  low: AxesG;
  high: AxesG;
}

/**
 * A chip ends at the same reading either way; its calibration moves, stretches and turns that. Two counts are taken off,
 * because a part may saturate a little short of its range.
 *
 * @param rangeG measurement range of the chip either way, g; Infinity where it is unknown
 * @param countG acceleration of one count, g
 */
export function clipLimits(rangeG: number, countG: number, calibration: Calibration): ClipLimits {
  const endG = rangeG - 2 * countG;
  const ends = Float32Array.of(endG, endG, endG, -endG, -endG, -endG);
  calibrate(ends, calibration);
  const [x1 = 0, y1 = 0, z1 = 0, x2 = 0, y2 = 0, z2 = 0] = ends;
  return {
    low: { x: Math.min(x1, x2), y: Math.min(y1, y2), z: Math.min(z1, z2) },
    high: { x: Math.max(x1, x2), y: Math.max(y1, y2), z: Math.max(z1, z2) },
  };
}
