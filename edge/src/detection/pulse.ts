import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { type AxesG, distanceG, sampleAt } from './samples.ts';

/** The usual convention of shock testing: a pulse lasts between the 10 %-of-peak crossings. */
const CROSSING_FRACTION = 0.1;

/** A velocity along the three axes, m/s. */
export type AxesMps = Record<'x' | 'y' | 'z', number>;

export interface Pulse {
  peakIndex: number;
  /** Peak resultant above the level at rest, g. */
  peakG: number;
  /** Fractional sample indexes of the crossings; the ends of the stretch where there is none. */
  start: number;
  end: number;
}

/** Indexes between which a pulse is sought. */
export interface PulseSearch {
  /** First and last index at which the peak may lie. */
  peakFrom: number;
  peakTo: number;
  /** Indexes at which the pulse is cut where it reaches further. */
  start: number;
  end: number;
}

/**
 * The pulse around the largest acceleration above the level at rest. Its crossings are sought in the *size* of
 * the specific force beyond 1 g (beyond the level at rest), because the thing may lie turned over after the pulse
 * or fly before and after it, and none of that belongs to the pulse.
 */
export function findPulse(xyz: Float32Array, rest: AxesG, search: PulseSearch): Pulse {
  const restG = distanceG(rest);
  let peakIndex = search.peakFrom;
  let peakG = 0;
  for (let i = search.peakFrom; i <= search.peakTo; i++) {
    const g = distanceG(sampleAt(xyz, i), rest);
    if (g > peakG) [peakIndex, peakG] = [i, g];
  }
  const excess = (i: number) => distanceG(sampleAt(xyz, i)) - restG - CROSSING_FRACTION * peakG;
  let start = peakIndex;
  while (start > search.start && excess(start - 1) >= 0) start--;
  let end = peakIndex;
  while (end < search.end && excess(end + 1) >= 0) end++;
  return {
    peakIndex,
    peakG,
    start: start > search.start ? start - crossing(excess(start), excess(start - 1)) : start,
    end: end < search.end ? end + crossing(excess(end), excess(end + 1)) : end,
  };
}

/**
 * Velocity change over part of a signal along each axis, m/s: trapezoid integral above the level at rest.
 *
 * @param from, to fractional sample indexes inside the signal
 */
export function velocityChange(
  xyz: Float32Array,
  from: number,
  to: number,
  rest: AxesG,
  periodMs: number,
): AxesMps {
  const sum = { x: 0, y: 0, z: 0 };
  let at = from;
  while (at < to) {
    const next = Math.min(to, Math.floor(at) + 1);
    const a = between(xyz, at);
    const b = between(xyz, next);
    const half = (next - at) / 2;
    sum.x += (a.x + b.x - 2 * rest.x) * half;
    sum.y += (a.y + b.y - 2 * rest.y) * half;
    sum.z += (a.z + b.z - 2 * rest.z) * half;
    at = next;
  }
  const mpsPerG = (STANDARD_GRAVITY_MPS2 * periodMs) / 1000;
  return { x: sum.x * mpsPerG, y: sum.y * mpsPerG, z: sum.z * mpsPerG };
}

/** How far from `inside` (≥ 0) towards `outside` (< 0) the zero lies, 0 to 1. */
function crossing(inside: number, outside: number): number {
  return inside >= 0 && outside < 0 ? inside / (inside - outside) : 0;
}

/** Linear interpolation at a fractional index. */
function between(xyz: Float32Array, index: number): AxesG {
  const whole = Math.floor(index);
  const part = index - whole;
  const a = sampleAt(xyz, whole);
  if (part === 0) return a;
  const b = sampleAt(xyz, whole + 1);
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part, z: a.z + (b.z - a.z) * part };
}
