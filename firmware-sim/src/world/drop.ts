import { freeFallSeconds, impactVelocityMps, STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';

/** A free fall onto a hard floor. */
export interface DropParameters {
  heightM: number;
  /** Rebound speed over impact speed. */
  restitution: number;
  /** Length of the half-sine pulse, ms. Packaged goods give 5 to 30 ms; a hard case 1 to 3 ms. */
  pulseMs: number;
  /** Up, in sensor axes, at the impact: (0, 0, 1) is the base face, three parts are a corner. */
  direction: readonly [number, number, number];
}

/** One impact of a drop, in truth. */
export interface Impact {
  /** Since the start of the fall, ms. */
  atMs: number;
  /** Peak of the pulse without gravity, g. */
  peakG: number;
  velocityChangeMps: number;
  heightM: number;
}

/**
 * A rebound slower than this (a hop of 13 mm) is not flown: a real parcel spends it in rolling onto a face.
 */
const SLOWEST_REBOUND_MPS = 0.5;
/** The parcel lies where it fell for this long before somebody moves it, ms. */
const LIES_STILL_MS = 2000;

/** The course of a drop: flights at 0 g, and half-sine pulses whose velocity change is (1 + e) × impact speed. */
export class Drop {
  readonly impacts: readonly Impact[];
  /** From the start of the fall until the parcel is touched again, ms. */
  readonly durationMs: number;
  readonly #pulseMs: number;
  readonly #up: readonly [number, number, number];
  /** Whether the last impact is over after this time, ms. */
  readonly #restsFromMs: number;

  constructor({ heightM, restitution, pulseMs, direction }: DropParameters) {
    const impacts: Impact[] = [];
    let atMs = freeFallSeconds(heightM) * 1000;
    let speedMps = impactVelocityMps(heightM);
    for (;;) {
      const velocityChangeMps = (1 + restitution) * speedMps;
      impacts.push({
        atMs,
        // A half-sine of peak A and length T changes the velocity by 2 A T / π.
        peakG: (velocityChangeMps * Math.PI) / (2 * STANDARD_GRAVITY_MPS2 * (pulseMs / 1000)),
        velocityChangeMps,
        heightM: speedMps ** 2 / (2 * STANDARD_GRAVITY_MPS2),
      });
      speedMps *= restitution;
      if (speedMps < SLOWEST_REBOUND_MPS) break;
      atMs += pulseMs + (2 * speedMps * 1000) / STANDARD_GRAVITY_MPS2;
    }
    this.impacts = impacts;
    this.#pulseMs = pulseMs;
    this.#restsFromMs = atMs + pulseMs;
    this.durationMs = this.#restsFromMs + LIES_STILL_MS;
    const length = Math.hypot(...direction);
    this.#up = [direction[0] / length, direction[1] / length, direction[2] / length];
  }

  /** Proper acceleration since the start of the fall: while in contact the floor also carries the weight. */
  accelerationG(sinceMs: number, out: Float64Array): void {
    if (sinceMs >= this.#restsFromMs) {
      out[0] = 0;
      out[1] = 0;
      out[2] = 1;
      return;
    }
    let g = 0;
    for (const impact of this.impacts) {
      const phase = (sinceMs - impact.atMs) / this.#pulseMs;
      if (phase >= 0 && phase < 1) g = 1 + impact.peakG * Math.sin(Math.PI * phase);
    }
    out[0] = g * this.#up[0];
    out[1] = g * this.#up[1];
    out[2] = g * this.#up[2];
  }
}
