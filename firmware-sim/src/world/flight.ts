import { impactVelocityMps, STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { halfSine, halfSinePeakG } from './half-sine.ts';
import type { Impact, Incident, Vector } from './incident.ts';

/** A free fall onto a floor, or a throw that ends there. */
export interface FlightParameters {
  /** Of the release above the floor. */
  heightM: number;
  /** Upward velocity at the release, m/s; 0 for a drop. */
  launchMps: number;
  /** Rebound speed over impact speed. */
  restitution: number;
  /** Length of the half-sine pulse, ms. Packaged goods give 5 to 30 ms; a hard case 1 to 3 ms. */
  pulseMs: number;
  /** Up, in sensor axes, at the impact: (0, 0, 1) is the base face, three parts are a corner. */
  up: Vector;
}

/** How long hands speed a parcel up before they let go, ms. */
const LAUNCH_MS = 200;
/**
 * A rebound slower than this (a hop of 13 mm) is not flown: a real parcel spends it in rolling onto a face.
 */
const SLOWEST_REBOUND_MPS = 0.5;
/** The parcel lies where it fell for this long before somebody moves it, ms. */
const LIES_STILL_MS = 2000;

/** Drop and toss: a launch, flights at 0 g, and half-sine pulses whose velocity change is (1 + e) × impact speed. */
export class Flight implements Incident {
  readonly impacts: readonly Impact[];
  /** Until the parcel is touched again, ms. */
  readonly durationMs: number;
  readonly #launchMs: number;
  readonly #launchG: number;
  readonly #up: Vector;
  readonly #restsFromMs: number;

  constructor({ heightM, launchMps, restitution, pulseMs, up }: FlightParameters) {
    this.#launchMs = launchMps > 0 ? LAUNCH_MS : 0;
    this.#launchG = halfSinePeakG(launchMps, LAUNCH_MS);
    const impacts: Impact[] = [];
    let speedMps = Math.hypot(launchMps, impactVelocityMps(heightM));
    let atMs = this.#launchMs + ((launchMps + speedMps) / STANDARD_GRAVITY_MPS2) * 1000;
    for (;;) {
      const velocityChangeMps = (1 + restitution) * speedMps;
      impacts.push({
        atMs,
        peakG: halfSinePeakG(velocityChangeMps, pulseMs),
        velocityChangeMps,
        durationMs: pulseMs,
        heightM: impacts.length === 0 ? heightM : speedMps ** 2 / (2 * STANDARD_GRAVITY_MPS2),
      });
      speedMps *= restitution;
      if (speedMps < SLOWEST_REBOUND_MPS) break;
      atMs += pulseMs + (2 * speedMps * 1000) / STANDARD_GRAVITY_MPS2;
    }
    this.impacts = impacts;
    this.#restsFromMs = atMs + pulseMs;
    this.durationMs = this.#restsFromMs + LIES_STILL_MS;
    const length = Math.hypot(...up);
    this.#up = [up[0] / length, up[1] / length, up[2] / length];
  }

  /** While in contact the floor also carries the weight. */
  accelerationG(sinceMs: number, out: Float64Array): void {
    if (sinceMs < this.#launchMs || sinceMs >= this.#restsFromMs) {
      out[0] = 0;
      out[1] = 0;
      out[2] = 1 + (sinceMs < this.#launchMs ? this.#launchG * halfSine(sinceMs / this.#launchMs) : 0);
      return;
    }
    let g = 0;
    for (const { atMs, durationMs, peakG } of this.impacts) {
      const phase = (sinceMs - atMs) / durationMs;
      if (phase >= 0 && phase < 1) g = 1 + peakG * halfSine(phase);
    }
    out[0] = g * this.#up[0];
    out[1] = g * this.#up[1];
    out[2] = g * this.#up[2];
  }
}
