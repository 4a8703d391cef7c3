import { NEAR_ZERO_G } from './free-fall.ts';
import { type AxesG, distanceG, meanOf, ORIGIN, sampleAt } from './samples.ts';

const WINDOW_MS = 100;

/** A calibrated chip at rest reads gravity to within this, g. Beyond it, near zero does not mean falling. */
const GRAVITY_TOLERANCE_G = 0.25;

export interface RestingLevel {
  /** What each axis reads at rest, g; it is removed before peaks and velocity are taken. */
  level: AxesG;
  /** Whether that is about 1 g. It is not on a channel that blocks DC, such as a piezo one. */
  isGravity: boolean;
}

/** What a stretch can be, the more likely rest the higher. */
const RANK = { nearZero: 0, other: 1, gravity: 2 };

interface Candidate {
  from: number;
  rank: number;
  spread: number;
}

/**
 * The static level before an event: the median per axis of the quietest 100 ms among those that read about 1 g.
 * Where there are none (a channel that blocks DC, a chip that is not calibrated), of the quietest of all; a
 * stretch near zero comes last, because in a fall the chip reads zero although gravity is there.
 *
 * @param end index before which to look: the start of the fall, or the impact where nothing fell
 */
export function restingLevel(xyz: Float32Array, end: number, periodMs: number): RestingLevel {
  const width = Math.min(end, Math.max(1, Math.round(WINDOW_MS / periodMs)));
  if (width < 1) return { level: ORIGIN, isGravity: false };
  let best: Candidate | null = null;
  for (let from = end - width; from >= 0; from -= Math.max(1, width >> 1)) {
    const mean = meanOf(xyz, from, from + width);
    const candidate = {
      from,
      rank: rankOf(distanceG(mean)),
      spread: spreadOf(xyz, from, from + width, mean),
    };
    if (best === null || isBetter(candidate, best)) best = candidate;
  }
  const from = best?.from ?? 0;
  const level = {
    x: medianOf(xyz, from, from + width, 0),
    y: medianOf(xyz, from, from + width, 1),
    z: medianOf(xyz, from, from + width, 2),
  };
  return { level, isGravity: best?.rank === RANK.gravity };
}

function rankOf(levelG: number): number {
  if (Math.abs(levelG - 1) <= GRAVITY_TOLERANCE_G) return RANK.gravity;
  return levelG < NEAR_ZERO_G ? RANK.nearZero : RANK.other;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.rank === b.rank ? a.spread < b.spread : a.rank > b.rank;
}

/** Sum of squared distances to the mean. */
function spreadOf(xyz: Float32Array, from: number, to: number, mean: AxesG): number {
  let spread = 0;
  for (let i = from; i < to; i++) spread += distanceG(sampleAt(xyz, i), mean) ** 2;
  return spread;
}

function medianOf(xyz: Float32Array, from: number, to: number, axis: 0 | 1 | 2): number {
  const values = Float32Array.from({ length: to - from }, (_, i) => xyz[(from + i) * 3 + axis] as number);
  values.sort();
  const middle = values.length >> 1;
  const upper = values[middle] as number;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] as number) + upper) / 2;
}
