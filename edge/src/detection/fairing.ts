import { lowPassZeroPhase } from './butterworth.ts';

/** Fewer samples across a pulse do not resolve its peak (enDAQ shock analysis warns below the same number). */
export const FEWEST_SAMPLES_PER_PULSE = 8;

/**
 * Highest corner, Hz: channel frequency class 600 of SAE J211-1, 600 / 0.6. Ringing of chip and housing above it
 * has no velocity change that could hurt what is inside a package.
 */
const HIGHEST_CORNER_HZ = 1000;

/**
 * Corner of the low-pass that fairs a pulse before its peak is read. The shortest pulse that the rate resolves
 * spans 8 samples; a half-sine of that duration T has its content below the first null at 1.5 / T; the corner is
 * kept at 1.5 × the highest frequency to be analysed (Gaberson, "Effects of Filtering Shock Data").
 *
 * @returns Hz; 0.28 × the rate up to 1000 Hz
 */
export function fairingCornerHz(rateHz: number): number {
  return Math.min(HIGHEST_CORNER_HZ, (1.5 * 1.5 * rateHz) / FEWEST_SAMPLES_PER_PULSE);
}

/** The faired samples of an interleaved three-axis signal. */
export function fair(xyz: Float32Array, rateHz: number): Float32Array {
  return lowPassZeroPhase(xyz, 3, rateHz, fairingCornerHz(rateHz));
}
