import { performance } from 'node:perf_hooks';
import type { Clock } from '@jostle/contracts';
import { install } from '@sinonjs/fake-timers';

/** How long the pacing loop sleeps when the simulation is ahead, real ms. */
const NAP_MS = 2;

/**
 * INVARIANTS
 * - Timers fire one at a time in the order of their times; before the next one fires, every promise chain that the
 *   last one set off has run to its end or to another timer. That holds as long as nothing waits for real I/O.
 * - Simulated time moves only in `run` and `runUntil`, and never back.
 */
export class VirtualTime {
  readonly #startMs: number;
  readonly #fake: ReturnType<typeof install>;
  readonly #realImmediate = setImmediate;
  readonly #realTimeout = setTimeout;
  readonly #realNow = Date.now;
  readonly #realMonotonic = performance.now.bind(performance);
  /** Set by `stop`; ends `run` after the timer that is firing. */
  #isStopping = false;

  /**
   * Replaces timers, Date, performance and hrtime of this thread by simulated ones.
   *
   * @param startMs wall time at which the simulation begins, ms since the epoch
   */
  constructor(startMs: number) {
    this.#startMs = Math.floor(startMs);
    this.#fake = install({
      now: this.#startMs,
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'Date',
        'performance',
        'hrtime',
      ],
    });
  }

  /** Simulated wall time, ms since the epoch. */
  nowMs(): number {
    return this.#fake.now;
  }

  /** The simulated time as a synchronised clock. */
  clock(): Clock {
    return {
      wallMs: () => this.#fake.now,
      monotonicMs: () => this.#fake.now - this.#startMs,
      quality: () => 'ntp',
    };
  }

  /**
   * Lets time pass until `stop`: `speed` times as fast as real time, but never beyond the real wall clock.
   * A simulation that begins in the past so catches up with the present and then goes on at 1×.
   *
   * @param untilMs simulated time at which it ends by itself
   */
  async run(speed: number, untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    const simFrom = this.#fake.now;
    const realFrom = this.#realMonotonic();
    while (!this.#isStopping && this.#fake.now < untilMs) {
      const paced = simFrom + speed * (this.#realMonotonic() - realFrom);
      const target = Math.floor(Math.min(paced, this.#realNow(), untilMs));
      if (target > this.#fake.now) await this.#advanceTo(target);
      else await new Promise((resolve) => this.#realTimeout(resolve, NAP_MS));
    }
  }

  /** As fast as the machine can. All timers before `simMs` have fired then; those due at it may not have. */
  async runUntil(simMs: number): Promise<void> {
    await this.#advanceTo(simMs);
  }

  stop(): void {
    this.#isStopping = true;
  }

  /** Gives the thread its real timers back. */
  uninstall(): void {
    this.#fake.uninstall();
  }

  async #advanceTo(simMs: number): Promise<void> {
    // The end of the stretch is a timer of its own: it fires after all that were due before.
    let hasArrived = false;
    const end = this.#fake.setTimeout(
      () => {
        hasArrived = true;
      },
      Math.max(0, simMs - this.#fake.now),
    );
    await this.#settle();
    while (!hasArrived && !this.#isStopping) {
      this.#fake.next();
      await this.#settle();
    }
    this.#fake.clearTimeout(end);
  }

  /** Gives every promise chain its turn: microtasks run before a real immediate does. */
  #settle(): Promise<void> {
    return new Promise((resolve) => this.#realImmediate(resolve));
  }
}
