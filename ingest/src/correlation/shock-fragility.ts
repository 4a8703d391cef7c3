import type { Fragility } from '@jostle/contracts';
import { FIRM_VELOCITY_RATIO } from './damage-boundary.ts';

/** P(damage) = 1 / (1 + exp(−slope · (ln m − middle))), with m = min(ΔV/ΔVc, A/Ac). */
interface FragilityCurve {
  slope: number;
  middle: number;
}

const LOGIT_OF_90_PCT = Math.log(9);

/**
 * Tested products. The boundary is where damage begins (10 %) and the end of its rounded corner, π/2 further
 * (ASTM D3332, method B), is where it is expected (90 %). A prior until enough returns were seen to fit one.
 */
const TESTED: FragilityCurve = {
  middle: Math.log(FIRM_VELOCITY_RATIO) / 2,
  slope: LOGIT_OF_90_PCT / (Math.log(FIRM_VELOCITY_RATIO) / 2),
};

/**
 * Products that were never tested: a reference that sits between "delicate" and "moderately delicate" of the
 * six classes of MIL-HDBK-304 (15 to 115 g), and the pseudo-velocity that Gaberson ("Shock severity
 * estimation") calls moderate, 100 in/s. The curve is wide: his "very mild" 50 in/s gives 10 %.
 */
export const REFERENCE_FRAGILITY: Fragility = {
  criticalAccelerationG: 60,
  criticalVelocityChangeMps: 2.54,
};
const UNTESTED: FragilityCurve = { middle: 0, slope: LOGIT_OF_90_PCT / Math.LN2 };

/**
 * How likely one pulse of this severity damages the product, 0 to 1. Grows with both arguments.
 * Of a clipped or bandwidth-limited pulse the peak is a lower bound, and so is the answer.
 *
 * @param peakG faired peak acceleration, g
 * @param velocityChangeMps m/s
 */
export function shockDamageProbability(
  peakG: number,
  velocityChangeMps: number,
  fragility: Fragility | null,
): number {
  const { criticalAccelerationG, criticalVelocityChangeMps } = fragility ?? REFERENCE_FRAGILITY;
  const { slope, middle } = fragility === null ? UNTESTED : TESTED;
  const m = Math.min(velocityChangeMps / criticalVelocityChangeMps, peakG / criticalAccelerationG);
  return m <= 0 ? 0 : 1 / (1 + Math.exp(-slope * (Math.log(m) - middle)));
}
