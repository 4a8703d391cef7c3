/** Standard acceleration of free fall, m/s² (ISO 80000-3, by definition). */
export const STANDARD_GRAVITY_MPS2 = 9.80665;

export const MINUTE_MS = 60_000;

/** Velocity after a free fall from `heightM`, m/s: v = sqrt(2 g h). */
export function impactVelocityMps(heightM: number): number {
  return Math.sqrt(2 * STANDARD_GRAVITY_MPS2 * heightM);
}

/** Height of a free fall that lasted `seconds`, m: h = g t² / 2. */
export function freeFallHeightM(seconds: number): number {
  return (STANDARD_GRAVITY_MPS2 * seconds * seconds) / 2;
}

/** Duration of a free fall from `heightM`, s. */
export function freeFallSeconds(heightM: number): number {
  return Math.sqrt((2 * heightM) / STANDARD_GRAVITY_MPS2);
}
