/** How much one device may send, in the long run; it may be ahead by two seconds of it. */
export interface PaceLimits {
  messagesPerSecond: number;
  bytesPerSecond: number;
}

const BURST_SECONDS = 2;

/**
 * Two token buckets, messages and bytes. What has been read already is counted even where it goes
 * below zero; nothing is refused, the next reading is put off.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #nowMs: () => number;
  #messages: number;
  #bytes: number;
  #filledMs: number;

  /** @param nowMs a monotonic clock, ms */
  constructor(limits: PaceLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#messages = limits.messagesPerSecond * BURST_SECONDS;
    this.#bytes = limits.bytesPerSecond * BURST_SECONDS;
    this.#filledMs = nowMs();
  }

  /** Counts what was read. */
  take(messages: number, bytes: number): void {
    this.#messages -= messages;
    this.#bytes -= bytes;
  }

  /** Counts what was read before it was known whose it is. */
  adopt(other: Pace): void {
    const { messagesPerSecond, bytesPerSecond } = other.#limits;
    this.take(
      messagesPerSecond * BURST_SECONDS - other.#messages,
      bytesPerSecond * BURST_SECONDS - other.#bytes,
    );
  }

  /** How long the connection has to wait before it is read again, ms; 0 while it keeps the pace. */
  waitMs(): number {
    const now = this.#nowMs();
    const seconds = (now - this.#filledMs) / 1000;
    this.#filledMs = now;
    const { messagesPerSecond, bytesPerSecond } = this.#limits;
    this.#messages = Math.min(
      messagesPerSecond * BURST_SECONDS,
      this.#messages + seconds * messagesPerSecond,
    );
    this.#bytes = Math.min(bytesPerSecond * BURST_SECONDS, this.#bytes + seconds * bytesPerSecond);
    const debtSeconds = Math.max(-this.#messages / messagesPerSecond, -this.#bytes / bytesPerSecond);
    return Math.max(0, Math.ceil(debtSeconds * 1000));
  }
}
