/**
 * The most recent samples of a stream, addressed by their index in the stream (0 is the first ever written).
 * Writing copies whole runs and allocates nothing.
 */
export class SampleRing {
  readonly #xyz: Float32Array;
  readonly #capacity: number;
  #total = 0;

  /** @param capacity samples, each of three axes */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#xyz = new Float32Array(capacity * 3);
  }

  /** Samples written so far: the index of the next one. */
  get total(): number {
    return this.#total;
  }

  /** Appends interleaved samples; at most `capacity` of them at a time. */
  write(xyz: Float32Array): void {
    const at = (this.#total % this.#capacity) * 3;
    const untilEnd = Math.min(xyz.length, this.#xyz.length - at);
    this.#xyz.set(xyz.subarray(0, untilEnd), at);
    if (untilEnd < xyz.length) this.#xyz.set(xyz.subarray(untilEnd), 0);
    this.#total += xyz.length / 3;
  }

  /** The samples from index `from` up to, not including, `to`; both must still be in the ring. */
  copy(from: number, to: number): Float32Array {
    const out = new Float32Array((to - from) * 3);
    const at = (from % this.#capacity) * 3;
    const untilEnd = Math.min(out.length, this.#xyz.length - at);
    out.set(this.#xyz.subarray(at, at + untilEnd));
    if (untilEnd < out.length) out.set(this.#xyz.subarray(0, out.length - untilEnd), untilEnd);
    return out;
  }
}
