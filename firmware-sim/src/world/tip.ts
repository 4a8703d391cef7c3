import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { halfSine, halfSinePeakG } from './half-sine.ts';
import type { Impact, Incident } from './incident.ts';

/** A forklift lifts one edge of a load, which turns about the opposite one. */
export interface TipParameters {
  angleDeg: number;
  /** How fast the forks turn it, °/s. */
  speedDegPs: number;
  /** From the edge that stays down to the one that is lifted. */
  lengthM: number;
  /** Let go, or put down as slowly as it was lifted. */
  ending: 'fall' | 'set-down';
  restitution: number;
  pulseMs: number;
}

const LIES_STILL_MS = 2000;

/**
 * A uniform slab that stands on one edge. Falling back, its free edge speeds up with 3 g / 2 and arrives with
 * sqrt(3 g h), and its middle, where the recorder sits, with half of both (moment of inertia m L² / 3).
 */
export class Tip implements Incident {
  readonly impacts: readonly Impact[];
  readonly durationMs: number;
  readonly #angle: number;
  readonly #liftMs: number;
  /** From the largest angle back to the floor. */
  readonly #downMs: number;
  readonly #falls: boolean;
  readonly #pulseMs: number;

  constructor({ angleDeg, speedDegPs, lengthM, ending, restitution, pulseMs }: TipParameters) {
    this.#angle = (angleDeg * Math.PI) / 180;
    this.#liftMs = (angleDeg / speedDegPs) * 1000;
    this.#falls = ending === 'fall';
    this.#pulseMs = pulseMs;
    const heightM = lengthM * Math.sin(this.#angle);
    this.#downMs = this.#falls
      ? Math.sqrt((2 * heightM) / (1.5 * STANDARD_GRAVITY_MPS2)) * 1000
      : this.#liftMs;
    const velocityChangeMps = ((1 + restitution) * Math.sqrt(3 * STANDARD_GRAVITY_MPS2 * heightM)) / 2;
    const peakG = halfSinePeakG(velocityChangeMps, pulseMs);
    const atMs = this.#liftMs + this.#downMs;
    this.impacts = this.#falls ? [{ atMs, peakG, velocityChangeMps, durationMs: pulseMs, heightM }] : [];
    this.durationMs = atMs + LIES_STILL_MS;
  }

  /** Gravity turns from z towards x with the load; in the fall the middle follows three quarters of it. */
  accelerationG(sinceMs: number, out: Float64Array): void {
    const fallingMs = sinceMs - this.#liftMs;
    const landedMs = fallingMs - this.#downMs;
    const isFalling = this.#falls && fallingMs >= 0 && landedMs < 0;
    const angle = this.#angleAt(sinceMs);
    out[0] = Math.sin(angle);
    out[1] = 0;
    out[2] = Math.cos(angle) * (isFalling ? 0.25 : 1);
    const [impact] = this.impacts;
    if (impact !== undefined) out[2] += impact.peakG * halfSine(landedMs / this.#pulseMs);
  }

  #angleAt(sinceMs: number): number {
    if (sinceMs < this.#liftMs) return this.#angle * Math.max(0, sinceMs / this.#liftMs);
    const share = Math.min(1, (sinceMs - this.#liftMs) / this.#downMs);
    return this.#angle * (1 - (this.#falls ? share ** 2 : share));
  }
}
