import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';

/**
 * Equivalent free-fall drop height of a velocity change, m: h = ΔV² / (2 g (1 + e)²), where e is the coefficient
 * of restitution of the package (Instrumented Sensor Technology, EFFDH).
 *
 * @param restitution 0 (no rebound) to 1 (full rebound)
 */
export function equivalentDropHeightM(velocityChangeMps: number, restitution: number): number {
  return velocityChangeMps ** 2 / (2 * STANDARD_GRAVITY_MPS2 * (1 + restitution) ** 2);
}
