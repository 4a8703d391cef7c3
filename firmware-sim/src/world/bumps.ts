import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { halfSine } from './half-sine.ts';
import type { Impact } from './incident.ts';
import { seededRandom } from './random.ts';

/** One chance of a bump each, ms; how rough a street is, is a guess of ours, and so are the figures below. */
const SLOT_MS = 20_000;
const BUMP_CHANCE = 0.4;
const BUMP_MS = 30;
/** The load falls back more gently than it was thrown, and is not left moving. */
const RECOIL_SHARE = 0.25;
const RECOIL_MS = BUMP_MS / RECOIL_SHARE;
const PEAK_G = { least: 2, most: 7 };

/**
 * Potholes and kerbs along one ride. They belong to the road: every parcel on a ride that begins at the same time
 * feels the same ones, and the truth needs no seed.
 */
export class Bumps {
  readonly #startsAt: number;
  readonly #durationMs: number;
  /** The slot that was asked about last, and what is in it; written by `accelerationG`. */
  #slot = -1;
  #current: Impact | null = null;

  constructor(startsAt: number, durationMs: number) {
    this.#startsAt = startsAt;
    this.#durationMs = durationMs;
  }

  /** All of them, in order. */
  list(): Impact[] {
    const slots = Math.ceil(this.#durationMs / SLOT_MS);
    return Array.from({ length: slots }, (_, slot) => this.#bumpIn(slot)).filter((bump) => bump !== null);
  }

  /** Vertical acceleration on top of the ride's vibration, g. */
  accelerationG(sinceMs: number): number {
    const slot = Math.floor(sinceMs / SLOT_MS);
    if (slot !== this.#slot) {
      this.#slot = slot;
      this.#current = this.#bumpIn(slot);
    }
    if (this.#current === null) return 0;
    const { atMs, peakG } = this.#current;
    const recoil = halfSine((sinceMs - atMs - BUMP_MS) / RECOIL_MS);
    return peakG * (halfSine((sinceMs - atMs) / BUMP_MS) - RECOIL_SHARE * recoil);
  }

  #bumpIn(slot: number): Impact | null {
    const random = seededRandom(Math.imul(Math.floor(this.#startsAt / 1000), 0x9e37) + slot);
    if (random() > BUMP_CHANCE) return null;
    const atMs = (slot + 0.05 + 0.9 * random()) * SLOT_MS;
    // Squared: small ones are more frequent.
    const peakG = PEAK_G.least + (PEAK_G.most - PEAK_G.least) * random() ** 2;
    if (atMs + BUMP_MS + RECOIL_MS > this.#durationMs) return null;
    const velocityChangeMps = (2 / Math.PI) * peakG * STANDARD_GRAVITY_MPS2 * (BUMP_MS / 1000);
    return { atMs, peakG, velocityChangeMps, durationMs: BUMP_MS, heightM: null };
  }
}
