import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';

/** Peak of a half-sine that changes the velocity by so much, g: its area is 2 A T / π. */
export function halfSinePeakG(velocityChangeMps: number, pulseMs: number): number {
  return (velocityChangeMps * Math.PI) / (2 * STANDARD_GRAVITY_MPS2 * (pulseMs / 1000));
}

/** Value of a half-sine of peak 1 at this part of its length, 0 outside. */
export function halfSine(phase: number): number {
  return phase >= 0 && phase < 1 ? Math.sin(Math.PI * phase) : 0;
}
