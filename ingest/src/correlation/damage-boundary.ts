import type { BoundaryVerdict, Fragility } from '@jostle/contracts';

/**
 * Width of the rounded corner of the boundary: a trapezoid pulse needs π/2 times the critical velocity change
 * before only its acceleration matters (ASTM D3332, method B).
 */
export const FIRM_VELOCITY_RATIO = Math.PI / 2;

export interface BoundaryPosition {
  verdict: BoundaryVerdict;
  /** min(ΔV/ΔVc, A/Ac); above 1 is inside. Null where the product was never tested. */
  margin: number | null;
}

/**
 * Where a pulse lies against the damage boundary of a product (ASTM D3332): damage is expected only where
 * both the velocity change and the acceleration are above their critical values.
 *
 * @param peakG faired peak acceleration, g
 * @param velocityChangeMps m/s, rebound included
 */
export function boundaryPosition(
  peakG: number,
  velocityChangeMps: number,
  fragility: Fragility | null,
): BoundaryPosition {
  if (fragility === null) return { verdict: 'unknown', margin: null };
  const accelerationRatio = peakG / fragility.criticalAccelerationG;
  const velocityRatio = velocityChangeMps / fragility.criticalVelocityChangeMps;
  const margin = Math.min(accelerationRatio, velocityRatio);
  if (margin <= 1) return { verdict: 'outside', margin };
  return { verdict: velocityRatio < FIRM_VELOCITY_RATIO ? 'transition' : 'inside', margin };
}
