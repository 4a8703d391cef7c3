import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { carryMove, nextMove } from './boot-moves.ts';
import { PointDelivery } from './point-delivery.ts';
import { type RunBatch, readBatch } from './run-batch.ts';
import type { TelemetryStore } from './telemetry-store.ts';

export const TELEMETRY_CURSOR = 'telemetry';
/** How often the inbox is looked at without being told of something new. */
const POLL_MS = 1000;
const READ_RETRY: RetryPlan = { firstMs: 500, maxMs: 60_000, factor: 2 };

export interface TelemetryWriterOptions {
  store: Store;
  telemetry: TelemetryStore;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** Waits so long, or until the signal; tests give their own. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Something that has the telemetry store for itself while it runs. */
interface Errand {
  start(delivery: PointDelivery): Promise<void>;
  cancel(): void;
}

const pauseFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/**
 * Carries the inbox to the telemetry store. It reads from the inbox and never from memory, and its cursor moves
 * only past what was written or quarantined: whatever happens in between is written again, which changes nothing.
 *
 * INVARIANTS
 * - One write is under way at a time; meanwhile the batch after it is read and made into points.
 * - A batch that was read ahead is thrown away before a boot is moved: its points may lie where the boot was before.
 * - The cursor never moves back, and a batch is settled before it moves past it.
 */
export class TelemetryWriter {
  readonly #options: TelemetryWriterOptions;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #delivery: PointDelivery;
  readonly #loop: Promise<void>;
  // Filled by `run`, emptied by the loop.
  readonly #errands: Errand[] = [];
  // Replaced before each look at the inbox; aborted by `nudge` and `stop`.
  #waiting = new AbortController();
  // Of the batch before.
  #runs = 0;

  constructor(options: TelemetryWriterOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pauseFor;
    this.#delivery = new PointDelivery({ ...options, pause: this.#pause, stopping: this.#stopping.signal });
    this.#loop = this.#run();
  }

  /** Why nothing can be written at present; null while all is well. */
  get problem(): string | null {
    return this.#delivery.problem;
  }

  /** Says that the inbox has something new. */
  nudge(): void {
    this.#waiting.abort();
  }

  /**
   * Runs something between two writes, with no write under way and every move of a boot that is known carried.
   *
   * @returns undefined where the writer was stopped before it was its turn
   */
  run<T>(errand: (delivery: PointDelivery) => Promise<T>): Promise<T | undefined> {
    if (this.#stopping.signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#errands.push({
        start: (delivery) => errand(delivery).then(resolve, reject),
        cancel: () => resolve(undefined),
      });
      this.nudge();
    });
  }

  /** Ends after the write that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.abort();
    await this.#loop;
    for (const { cancel } of this.#errands.splice(0)) cancel();
  }

  async #run(): Promise<void> {
    const stop = this.#stopping.signal;
    let failures = 0;
    while (!stop.aborted) {
      this.#waiting = new AbortController();
      try {
        await this.#carryRuns();
        await this.#runErrands();
        failures = 0;
        if (!stop.aborted) await this.#pause(POLL_MS, this.#waiting.signal);
      } catch (error) {
        this.#delivery.report(`the inbox cannot be read: ${String(error)}`, 'warn');
        await this.#pause(retryDelayMs(READ_RETRY, failures++, this.#options.random()), stop);
      }
    }
  }

  /** Carries batch after batch and every move of a boot, until there is neither. */
  async #carryRuns(): Promise<void> {
    const { db } = this.#options.store;
    let cursor = await this.#cursor();
    let batch = await this.#read(cursor);
    while (!this.#stopping.signal.aborted) {
      const { lastId } = batch;
      if (lastId !== undefined) {
        const ahead = this.#read(lastId);
        // It may fail at any time; one write is to end before anything else begins all the same.
        ahead.catch(() => {});
        if (!(await this.#settle(batch))) return;
        cursor = lastId;
        batch = await ahead;
      }
      const move = await nextMove(db);
      if (move !== undefined) {
        if (!(await carryMove(db, this.#delivery, move))) return;
      } else if (lastId === undefined) return;
      if (move !== undefined || this.#errands.length > 0) {
        if (move === undefined) await this.#runErrands();
        batch = await this.#read(cursor);
      }
    }
  }

  /** @returns false where the writer was stopped before */
  async #settle({ lastId, points }: RunBatch): Promise<boolean> {
    if ((await this.#delivery.deliver(points)) === undefined) return false;
    if (lastId !== undefined) await this.#moveCursor(lastId);
    return true;
  }

  async #runErrands(): Promise<void> {
    for (let next = this.#errands.shift(); next !== undefined; next = this.#errands.shift())
      await next.start(this.#delivery);
  }

  async #read(after: number): Promise<RunBatch> {
    const batch = await readBatch(this.#options.store.db, after, this.#runs);
    this.#runs = batch.runs;
    return batch;
  }

  async #cursor(): Promise<number> {
    const row = await this.#options.store.db
      .selectFrom('cursor')
      .select('value')
      .where('name', '=', TELEMETRY_CURSOR)
      .executeTakeFirst();
    return row?.value ?? 0;
  }

  /** Never back: a leader that was followed by another one may end the write that it was in. */
  async #moveCursor(value: number): Promise<void> {
    await this.#options.store.db
      .insertInto('cursor')
      .values({ name: TELEMETRY_CURSOR, value })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ value }).where('cursor.value', '<', value),
      )
      .execute();
  }
}
