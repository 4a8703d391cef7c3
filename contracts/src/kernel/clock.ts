/** How far the wall clock of a device can be trusted: never set, kept by a battery clock, or synchronised. */
export type ClockQuality = 'none' | 'rtc' | 'ntp';

/**
 * The only source of time. Logic receives one as an argument, so that an hour of journey is a millisecond of test.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, as the wall clock shows it; it may step either way. */
  wallMs(): number;
  /** Milliseconds since an arbitrary origin of this boot, with a fraction; it never steps back. */
  monotonicMs(): number;
  quality(): ClockQuality;
}

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #quality: ClockQuality;

  constructor(wallMs: number, quality: ClockQuality = 'ntp') {
    this.#wallMs = wallMs;
    this.#quality = quality;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  quality(): ClockQuality {
    return this.#quality;
  }

  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Steps the wall clock alone, as a time synchronisation does. */
  step(toWallMs: number, quality: ClockQuality = this.#quality): void {
    this.#wallMs = toWallMs;
    this.#quality = quality;
  }
}
