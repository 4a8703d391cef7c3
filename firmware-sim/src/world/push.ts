import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { halfSine, halfSinePeakG } from './half-sine.ts';
import type { Impact, Incident, Vector } from './incident.ts';

/** A blow from the side on a parcel that stands or rides on a belt. */
export interface PushParameters {
  velocityChangeMps: number;
  pulseMs: number;
  /** Where it is pushed to, in sensor axes; a unit vector. */
  towards: Vector;
  /** It slides to a stop afterwards; without, a belt goes on with it. */
  slides: boolean;
}

/** Sliding friction of a board box on a smooth floor over its weight; an order of magnitude of ours. */
const FRICTION_G = 0.4;
const LIES_STILL_MS = 1000;

/** Kick and sorter impact: one horizontal half-sine without a fall. */
export class Push implements Incident {
  readonly impacts: readonly Impact[];
  readonly durationMs: number;
  readonly #peakG: number;
  readonly #pulseMs: number;
  readonly #slideMs: number;
  readonly #towards: Vector;

  constructor({ velocityChangeMps, pulseMs, towards, slides }: PushParameters) {
    this.#peakG = halfSinePeakG(velocityChangeMps, pulseMs);
    this.#pulseMs = pulseMs;
    this.#slideMs = slides ? (velocityChangeMps * 1000) / (FRICTION_G * STANDARD_GRAVITY_MPS2) : 0;
    this.#towards = towards;
    this.impacts = [{ atMs: 0, peakG: this.#peakG, velocityChangeMps, durationMs: pulseMs, heightM: null }];
    this.durationMs = pulseMs + this.#slideMs + LIES_STILL_MS;
  }

  accelerationG(sinceMs: number, out: Float64Array): void {
    const slidingMs = sinceMs - this.#pulseMs;
    const brakeG = slidingMs >= 0 && slidingMs < this.#slideMs ? FRICTION_G : 0;
    const g = this.#peakG * halfSine(sinceMs / this.#pulseMs) - brakeG;
    out[0] = g * this.#towards[0];
    out[1] = g * this.#towards[1];
    out[2] = 1 + g * this.#towards[2];
  }
}
