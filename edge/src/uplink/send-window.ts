import { addRange, missingFrom, type RetryPlan, retryDelayMs, type SeqRanges } from '@jostle/contracts';

/** Messages that may be on their way without a receipt. The broker sets no limit, so the device does. */
export const WINDOW_MESSAGES = 20;

/** How long a receipt is waited for, growing while none comes. */
export const RESEND_PLAN: RetryPlan = { firstMs: 3_000, maxMs: 60_000, factor: 2 };

interface InFlight {
  toSeq: number;
  sentAt: number;
  resendAt: number;
}

/**
 * Which runs are on their way. Sending again means forgetting: a run whose receipt is overdue leaves the window,
 * and the outbox, which still has its records, gives them again.
 *
 * While nothing at all is answered only one message at a time is risked, further and further apart; the first
 * receipt opens the window again. Times are monotonic ms.
 */
export class SendWindow {
  readonly #random: () => number;
  /** By fromSeq. */
  readonly #runs = new Map<number, InFlight>();
  /** By fromSeq: how often a run went unanswered while others were answered. */
  readonly #strikes = new Map<number, number>();
  #silentRounds = 0;
  #lastReceiptAt = Number.NEGATIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Ranges that are on their way. */
  inFlight(): SeqRanges {
    let ranges: SeqRanges = [];
    for (const [from, { toSeq }] of this.#runs) ranges = addRange(ranges, from, toSeq);
    return ranges;
  }

  /** How many more messages may be sent now. */
  room(): number {
    return Math.max(0, (this.#silentRounds === 0 ? WINDOW_MESSAGES : 1) - this.#runs.size);
  }

  sent(fromSeq: number, toSeq: number, now: number): void {
    const attempt = Math.max(this.#silentRounds, this.#strikes.get(fromSeq) ?? 0);
    const resendAt = now + retryDelayMs(RESEND_PLAN, attempt, this.#random());
    this.#runs.set(fromSeq, { toSeq, sentAt: now, resendAt });
  }

  /** Forgets what is overdue. */
  expire(now: number): void {
    const overdue = [...this.#runs].filter(([, run]) => run.resendAt <= now);
    if (overdue.length === 0) return;
    if (overdue.some(([, run]) => run.sentAt >= this.#lastReceiptAt)) {
      this.#silentRounds += 1;
      this.#runs.clear();
      return;
    }
    for (const [from] of overdue) {
      this.#runs.delete(from);
      this.#strikes.set(from, (this.#strikes.get(from) ?? 0) + 1);
    }
  }

  /** A receipt came: the other side is alive, and what it covers is done. */
  settle(covered: SeqRanges, now: number): void {
    this.#silentRounds = 0;
    this.#lastReceiptAt = now;
    for (const [from, { toSeq }] of this.#runs)
      if (missingFrom(covered, from, toSeq).length === 0) this.#runs.delete(from);
    for (const from of this.#strikes.keys())
      if (missingFrom(covered, from, from).length === 0) this.#strikes.delete(from);
  }

  /** The connection is gone, and with it everything that was on its way. */
  forgetAll(): void {
    this.#runs.clear();
  }
}
