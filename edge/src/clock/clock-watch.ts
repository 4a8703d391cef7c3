import type { AnchorBody, Clock, ClockQuality } from '@jostle/contracts';

/** A change of wall − monotonic time beyond this is a step: slewing moves both clocks alike (clock_gettime(2)). */
const STEP_MS = 500;

/**
 * How long the wall clock must stay where it was stepped to before it counts, ms. systemd-timesyncd asks its server
 * again as soon as somebody sets the clock, so that a wrong step made by hand is gone by then.
 */
const SETTLE_MS = 30_000;

/** Says when the line that joins the two clocks has to be drawn anew. To be looked at about once a second. */
export class ClockWatch {
  readonly #clock: Clock;
  /** The line of the last anchor. */
  #anchored: { quality: ClockQuality; offsetMs: number } | null = null;
  /** Where the wall clock was stepped to since, and the monotonic ms at which that was seen. */
  #stepped: { offsetMs: number; sinceMono: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The anchor that is due: at the first look, when the quality changed, and once a step has settled; else null. */
  look(): AnchorBody | null {
    const anchor = this.#read();
    const offsetMs = anchor.wallMs - anchor.monotonicMs;
    if (this.#anchored === null || this.#anchored.quality !== anchor.source)
      return this.#draw(anchor, offsetMs);
    if (Math.abs(offsetMs - this.#anchored.offsetMs) <= STEP_MS) {
      this.#stepped = null;
      return null;
    }
    if (this.#stepped === null || Math.abs(offsetMs - this.#stepped.offsetMs) > STEP_MS)
      this.#stepped = { offsetMs, sinceMono: anchor.monotonicMs };
    const isSettled = anchor.monotonicMs - this.#stepped.sinceMono >= SETTLE_MS;
    return isSettled ? this.#draw(anchor, offsetMs) : null;
  }

  #draw(anchor: AnchorBody, offsetMs: number): AnchorBody {
    this.#anchored = { quality: anchor.source, offsetMs };
    this.#stepped = null;
    return anchor;
  }

  /** The wall clock lies between the two readings of the monotonic one; the thread may have paused in between. */
  #read(): AnchorBody {
    const source = this.#clock.quality();
    const before = this.#clock.monotonicMs();
    const wallMs = Math.round(this.#clock.wallMs());
    const after = this.#clock.monotonicMs();
    return {
      monotonicMs: Math.round((before + after) / 2),
      wallMs,
      source,
      // Each of the two is rounded to a millisecond.
      errorMs: Math.ceil((after - before) / 2) + 1,
    };
  }
}
