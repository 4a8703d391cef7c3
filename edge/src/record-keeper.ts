import { type Clock, MINUTE_MS, type RecordDraft, type RecordTime } from '@jostle/contracts';
import type { Logger } from 'pino';
import { ClockStanding, type TimeStanding } from './clock/clock-standing.ts';
import { type SensorState, SensorStates } from './field/sensor-states.ts';
import type { Outbox } from './outbox/outbox.ts';
import { isFull } from './outbox/sqlite-file.ts';
import { UnstoredDrafts } from './outbox/unstored-drafts.ts';

/** A rate of records over less than this says little: coverage comes once a minute. */
export const RATE_AFTER_MS = 5 * MINUTE_MS;
const DAY_MS = 1440 * MINUTE_MS;

/** Puts what was measured into the outbox, and knows what can be told of it since the start of the agent. */
export class RecordKeeper {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #standing: ClockStanding;
  readonly #sensorStates = new SensorStates();
  readonly #startedMono: number;
  #stored = 0;
  readonly #unstored: UnstoredDrafts;
  #isWritable = true;
  /** Of the latest drafts. */
  #latest: { time: RecordTime; bootId: string } | undefined;

  constructor(outbox: Outbox, clock: Clock, log: Logger) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#log = log;
    this.#unstored = new UnstoredDrafts(outbox.unstored);
    this.#standing = new ClockStanding(clock);
    this.#startedMono = clock.monotonicMs();
  }

  /** Records that wait in memory for a disk that takes them. */
  get unstored(): number {
    return this.#unstored.count;
  }

  /**
   * Whether the latest records could be stored, or will be once the disk has room: an agent that is started anew for that
   * mends nothing, and has lost what waits in memory.
   */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /**
   * What a full or failing disk does not take waits in memory until it does; it does not end the agent, which goes on
   * measuring. What has to go meanwhile gets a tombstone then.
   *
   * @param bootId names the origin of the drafts' monotonic times
   */
  keep(drafts: readonly RecordDraft[], bootId: string): void {
    this.#sensorStates.note(drafts);
    const [first] = drafts;
    if (first === undefined) return;
    this.#latest = { time: first, bootId };
    try {
      this.#storeWaiting(first, bootId);
      this.#store({ drafts, bootId });
      this.#isWritable = true;
    } catch (error) {
      this.#isWritable = isFull(error);
      this.#unstored.keep(drafts, bootId);
      const { count, lost } = this.#unstored;
      this.#log.error({ err: error, waiting: count, lost }, 'records could not be stored');
    }
  }

  /** Tries again to store what waits: routine records come once a minute, and a disk may recover sooner. */
  retry(): void {
    if (this.#latest === undefined || this.#unstored.count === 0) return;
    try {
      this.#storeWaiting(this.#latest.time, this.#latest.bootId);
      this.#isWritable = true;
      this.#log.info('what had waited for the disk is stored');
    } catch (error) {
      this.#isWritable = isFull(error);
    }
  }

  /** The last attempt to store what waits. What comes to nothing even so is counted, and the next start names it. */
  close(): void {
    const { count: waiting, lost } = this.#unstored;
    if (this.#latest === undefined || waiting + lost === 0) return;
    try {
      this.#storeWaiting(this.#latest.time, this.#latest.bootId);
    } catch (error) {
      const { count, lost: gone } = this.#unstored;
      this.#outbox.noteUnstored(count + gone);
      this.#log.error({ err: error, waiting: count, lost: gone }, 'records are given up unstored');
    }
  }

  /** @param time of the tombstone for what was lost */
  #storeWaiting(time: RecordTime, bootId: string): void {
    for (let group = this.#unstored.next(); group !== undefined; group = this.#unstored.next()) {
      this.#store(group);
      this.#unstored.stored(group);
    }
    if (this.#unstored.lost === 0) return;
    this.#outbox.nameUnstored(this.#unstored.lost, bootId, time);
    this.#unstored.named();
  }

  #store({ drafts, bootId }: { drafts: readonly RecordDraft[]; bootId: string }): void {
    const records = this.#outbox.append(drafts, bootId);
    this.#stored += records.length;
    this.#standing.note(records);
  }

  /** Records a day at the rate since the start; null in the first minutes. */
  perDay(): number | null {
    const elapsedMs = this.#clock.monotonicMs() - this.#startedMono;
    return elapsedMs < RATE_AFTER_MS ? null : Math.round((this.#stored * DAY_MS) / elapsedMs);
  }

  /** @param found names of the sensors that were found at the start */
  sensorStates(found: readonly string[]): readonly SensorState[] {
    this.#sensorStates.found(found);
    return this.#sensorStates.list();
  }

  standing(): TimeStanding {
    return this.#standing.now();
  }
}
