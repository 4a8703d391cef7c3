/** Observations that the fit looks back on: 6 s of drains at 15 ms. */
const WINDOW = 400;
/** Observations between two fits of the period; also the fewest that one is fitted on. */
const REFIT_EVERY = 16;

/**
 * When each sample was taken, by the machine's monotonic clock. The chip counts with its own oscillator, which is
 * percents off; what is seen of it is the number of the newest sample each time the FIFO was looked at. Such an
 * observation can be late but never early, so that the true line runs along the lower convex hull of all of them
 * (Zhang, Liu, Xia: Clock synchronization algorithms for network measurements, INFOCOM 2002).
 */
export class SampleClock {
  /** Ring of observations; written by `observe` only. */
  readonly #index = new Float64Array(WINDOW);
  readonly #atMs = new Float64Array(WINDOW);
  /** Positions in the window that are corners of the hull; scratch of the fit. */
  readonly #hull = new Int32Array(WINDOW);
  #observations = 0;
  #periodMs: number;
  /** Time of sample 0 on the fitted line. */
  #originMs = Number.POSITIVE_INFINITY;

  constructor(nominalRateHz: number) {
    this.#periodMs = 1000 / nominalRateHz;
  }

  /** Time between samples, ms. */
  get periodMs(): number {
    return this.#periodMs;
  }

  /** Monotonic time of a sample, ms; needs one observation. */
  timeOf(index: number): number {
    return this.#originMs + index * this.#periodMs;
  }

  /** At `atMs` the newest sample was number `index`. Both must not go back. */
  observe(index: number, atMs: number): void {
    const slot = this.#observations % WINDOW;
    this.#index[slot] = index;
    this.#atMs[slot] = atMs;
    this.#observations += 1;
    if (this.#observations % REFIT_EVERY === 0) this.#fit();
    // A sample is never newer than the look that found it.
    else this.#originMs = Math.min(this.#originMs, atMs - index * this.#periodMs);
  }

  /** Samples were missed: numbers begin again. The oscillator stays what it is. */
  restart(): void {
    this.#observations = 0;
    this.#originMs = Number.POSITIVE_INFINITY;
  }

  #fit(): void {
    const corners = this.#lowerHull();
    const count = Math.min(this.#observations, WINDOW);
    const middle = (this.#k(0) + this.#k(count - 1)) / 2;
    // The edge of the hull under the middle lies closest to all observations.
    let edge = 1;
    while (edge < corners - 1 && this.#k(this.#hull[edge] ?? 0) < middle) edge += 1;
    const from = this.#hull[edge - 1] ?? 0;
    const to = this.#hull[edge] ?? 0;
    if (this.#k(to) > this.#k(from))
      this.#periodMs = (this.#t(to) - this.#t(from)) / (this.#k(to) - this.#k(from));
    this.#originMs = this.#t(from) - this.#k(from) * this.#periodMs;
  }

  /** Andrew's monotone chain over the window, whose observations are in order of index; returns the corners. */
  #lowerHull(): number {
    const count = Math.min(this.#observations, WINDOW);
    let corners = 0;
    for (let i = 0; i < count; i++) {
      while (corners >= 2 && !this.#turnsUp(this.#hull[corners - 2] ?? 0, this.#hull[corners - 1] ?? 0, i))
        corners -= 1;
      this.#hull[corners] = i;
      corners += 1;
    }
    return corners;
  }

  #turnsUp(a: number, b: number, c: number): boolean {
    const [ak, at] = [this.#k(a), this.#t(a)];
    return (this.#k(b) - ak) * (this.#t(c) - at) > (this.#t(b) - at) * (this.#k(c) - ak);
  }

  /** Index and time of the i-th oldest observation in the window. */
  #k(i: number): number {
    return this.#index[this.#slot(i)] ?? 0;
  }

  #t(i: number): number {
    return this.#atMs[this.#slot(i)] ?? 0;
  }

  #slot(i: number): number {
    return this.#observations <= WINDOW ? i : (this.#observations + i) % WINDOW;
  }
}
