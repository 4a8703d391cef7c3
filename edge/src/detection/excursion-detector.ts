import type { ExcursionBody } from '@jostle/contracts';

/**
 * When a value beyond the limit becomes an excursion: at once, after an unbroken time, or after a total time
 * since the detector was made. The three activation types of WHO PQS E006/TR07.
 */
export type Activation =
  | { kind: 'instant' }
  | { kind: 'consecutive'; ms: number }
  | { kind: 'accumulative'; ms: number };

export interface ExcursionRule {
  quantity: ExcursionBody['quantity'];
  side: ExcursionBody['side'];
  /** °C or %RH; inclusive, so that with 30 a reading of 30.0 is beyond and 29.9 is not (WHO PQS E006/TR07). */
  limit: number;
  activation: Activation;
  /** How far back inside the limit a value must come to close an excursion, °C or %RH; default 0.5. */
  hysteresis?: number;
}

/** An `ExcursionBody` on the monotonic clock, ms. */
export type ExcursionObservation = Omit<ExcursionBody, 'sensor' | 'startedAt' | 'endedAt'> & {
  startedMonoMs: number;
  /** Null when it opens. */
  endedMonoMs: number | null;
};

/** An unbroken stretch of values beyond the limit; while an excursion is open, the hysteresis belongs to it. */
interface Run {
  startMs: number;
  extreme: number;
}

/** Watches one limit of one quantity of one sensor. Times must not go back. */
export class ExcursionDetector {
  readonly #rule: Required<ExcursionRule>;
  /** +1 above, −1 below: compares both sides alike. */
  readonly #sign: 1 | -1;
  #run: Run | null = null;
  #isOpen = false;
  /** Time beyond the limit so far; each value holds until the next one. */
  #totalMs = 0;
  /** The sample before, if it was beyond the limit and no gap followed; its time in ms. */
  #beyondSinceMs: number | null = null;

  constructor(rule: ExcursionRule) {
    this.#rule = { hysteresis: 0.5, ...rule };
    this.#sign = rule.side === 'above' ? 1 : -1;
  }

  /** Returns the excursion that this sample opens or closes, else null. */
  push(atMonoMs: number, value: number): ExcursionObservation | null {
    const excess = this.#sign * (value - this.#rule.limit);
    const isBeyond = excess >= 0;
    if (this.#beyondSinceMs !== null) this.#totalMs += atMonoMs - this.#beyondSinceMs;
    this.#beyondSinceMs = isBeyond ? atMonoMs : null;

    if (this.#isOpen && excess <= -this.#rule.hysteresis) return this.#close(atMonoMs);
    if (isBeyond) {
      this.#run ??= { startMs: atMonoMs, extreme: value };
      if (this.#sign * (value - this.#run.extreme) > 0) this.#run.extreme = value;
    } else if (!this.#isOpen) this.#run = null;
    return this.#open(atMonoMs);
  }

  /**
   * Says that values are missing before the next one: time without values counts as neither beyond nor inside.
   * An open excursion stays open until a value shows that it ended.
   */
  gap(): void {
    this.#beyondSinceMs = null;
    if (!this.#isOpen) this.#run = null;
  }

  #open(atMonoMs: number): ExcursionObservation | null {
    const run = this.#run;
    if (run === null || this.#isOpen || !this.#isActivated(atMonoMs - run.startMs)) return null;
    this.#isOpen = true;
    return this.#observation(run, null);
  }

  #close(atMonoMs: number): ExcursionObservation | null {
    const run = this.#run;
    this.#isOpen = false;
    this.#run = null;
    return run === null ? null : this.#observation(run, atMonoMs);
  }

  #isActivated(runMs: number): boolean {
    const { activation } = this.#rule;
    if (activation.kind === 'instant') return true;
    return (activation.kind === 'consecutive' ? runMs : this.#totalMs) >= activation.ms;
  }

  #observation(run: Run, endedMonoMs: number | null): ExcursionObservation {
    const { quantity, side, limit } = this.#rule;
    return { quantity, side, limit, startedMonoMs: run.startMs, endedMonoMs, extreme: run.extreme };
  }
}
