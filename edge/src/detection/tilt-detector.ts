import { type AxesG, distanceG, meanOf, type SampleBlock } from './samples.ts';

/** A resting orientation, in the axes of the samples. */
export interface TiltObservation {
  /** Face that looks up, 1 to 6 (ISO 2206), where the samples are along the axes of the parcel. */
  upFace: number;
  /** Angle between z and the vertical, °. */
  tiltDeg: number;
  /** Monotonic ms since which it lies so. */
  startedMonoMs: number;
}

/** Vibration is averaged away over this, ms: engines and wheels shake faster, a parcel is turned slower. */
const BIN_MS = 200;
/** How long it must lie, ms. */
const HELD_MS = 2000;
/** What a chip of ±16 g reads at rest, g: its zero offsets are up to 0.15 in x and y, 0.25 in z (ADXL345 datasheet). */
const GRAVITY_TOLERANCE_G = 0.3;
/** Two bins this close are the same rest, g: 6°. */
const STILL_G = 0.1;
/** Another orientation than the one that was told last, g: 15°. What lies within it is settling, not turning. */
const CHANGED_G = 0.26;

/** A stretch in which nothing has moved so far. */
interface Rest {
  startedMonoMs: number;
  sum: AxesG;
  bins: number;
}

/**
 * Tells how a parcel lies each time when it has come to rest in another way than before, and once at the start. A fall
 * or a throw is no rest; a parcel that is turned and turned back within two seconds has not lain otherwise.
 */
export class TiltDetector {
  #binSum: AxesG = { x: 0, y: 0, z: 0 };
  #binSamples = 0;
  #binStartedMs = 0;
  #rest: Rest | null = null;
  /** Up, as it was told last; null before the first. */
  #told: AxesG | null = null;

  /** Takes the next samples, along the axes of the parcel; returns what they settle, at most one thing. */
  push({ xyz, startMs, periodMs }: SampleBlock): TiltObservation | null {
    const perBin = Math.max(1, Math.round(BIN_MS / periodMs));
    let found: TiltObservation | null = null;
    for (let i = 0; i < xyz.length / 3; ) {
      if (this.#binSamples === 0) this.#binStartedMs = startMs + i * periodMs;
      const until = Math.min(xyz.length / 3, i + perBin - this.#binSamples);
      const mean = meanOf(xyz, i, until);
      this.#binSum = sumOf(this.#binSum, mean, until - i);
      this.#binSamples += until - i;
      i = until;
      if (this.#binSamples < perBin) continue;
      const binMean = scaled(this.#binSum, 1 / this.#binSamples);
      found = this.#follow(binMean, this.#binStartedMs, this.#binStartedMs + perBin * periodMs) ?? found;
      this.#forgetBin();
    }
    return found;
  }

  /** Says that samples are missing before the next ones: nobody knows whether it lay still meanwhile. */
  gap(): void {
    this.#rest = null;
    this.#forgetBin();
  }

  #forgetBin(): void {
    this.#binSum = { x: 0, y: 0, z: 0 };
    this.#binSamples = 0;
  }

  #follow(mean: AxesG, startMs: number, endMs: number): TiltObservation | null {
    const isGravity = Math.abs(distanceG(mean) - 1) <= GRAVITY_TOLERANCE_G;
    const isSame = this.#rest !== null && distanceG(mean, restingG(this.#rest)) <= STILL_G;
    if (!isGravity) this.#rest = null;
    else if (this.#rest === null || !isSame) this.#rest = { startedMonoMs: startMs, sum: mean, bins: 1 };
    else this.#rest = { ...this.#rest, sum: sumOf(this.#rest.sum, mean, 1), bins: this.#rest.bins + 1 };
    if (this.#rest === null || endMs - this.#rest.startedMonoMs < HELD_MS) return null;
    const resting = restingG(this.#rest);
    const up = scaled(resting, 1 / distanceG(resting));
    if (this.#told !== null && distanceG(up, this.#told) < CHANGED_G) return null;
    this.#told = up;
    return { startedMonoMs: this.#rest.startedMonoMs, upFace: faceOf(up), tiltDeg: degreesFromZ(up) };
  }
}

function restingG({ sum, bins }: Rest): AxesG {
  return scaled(sum, 1 / bins);
}

/**
 * The face that looks up: of a parcel whose near end is towards the viewer, 1 top, 2 right side, 3 base, 4 left side,
 * 5 near end, 6 far end (ISO 2206, identification of parts). x points to the right side, y to the far end, z to the top.
 */
function faceOf({ x, y, z }: AxesG): number {
  const largest = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
  if (Math.abs(z) === largest) return z > 0 ? 1 : 3;
  if (Math.abs(x) === largest) return x > 0 ? 2 : 4;
  return y > 0 ? 6 : 5;
}

function degreesFromZ(up: AxesG): number {
  const degrees = (Math.acos(Math.max(-1, Math.min(1, up.z))) * 180) / Math.PI;
  return Number(degrees.toFixed(1));
}

function sumOf(sum: AxesG, mean: AxesG, weight: number): AxesG {
  return { x: sum.x + mean.x * weight, y: sum.y + mean.y * weight, z: sum.z + mean.z * weight };
}

function scaled({ x, y, z }: AxesG, factor: number): AxesG {
  return { x: x * factor, y: y * factor, z: z * factor };
}
