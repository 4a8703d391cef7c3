import type { I2cTransport } from './transport.ts';

/** FIFO drains go first: a full FIFO loses samples, a late climate reading loses nothing. */
export type BusPriority = 'drain' | 'routine';

/**
 * One bus, one transaction at a time.
 *
 * INVARIANTS
 * - at most one task has the transport; it keeps it until its promise settles
 * - waiting drains run before waiting routine tasks, each kind in the order of asking
 * - a task that fails hands the bus on like any other
 */
export class BusQueue {
  readonly #transport: I2cTransport;
  readonly #waiting: Record<BusPriority, (() => void)[]> = { drain: [], routine: [] };
  #isTaken = false;

  constructor(transport: I2cTransport) {
    this.#transport = transport;
  }

  /** Runs `task` with the bus to itself; several transfers that belong together are one task. */
  async run<T>(task: (transport: I2cTransport) => Promise<T>, priority: BusPriority = 'routine'): Promise<T> {
    if (this.#isTaken) await new Promise<void>((resume) => this.#waiting[priority].push(resume));
    this.#isTaken = true;
    try {
      return await task(this.#transport);
    } finally {
      // The bus stays taken while it is handed on, so that nobody slips in between.
      const next = this.#waiting.drain.shift() ?? this.#waiting.routine.shift();
      if (next === undefined) this.#isTaken = false;
      else next();
    }
  }
}
