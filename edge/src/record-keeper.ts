import { type Clock, MINUTE_MS, type RecordDraft } from '@jostle/contracts';
import type { Logger } from 'pino';
import { ClockStanding, type TimeStanding } from './clock/clock-standing.ts';
import { type SensorState, SensorStates } from './field/sensor-states.ts';
import type { Outbox } from './outbox/outbox.ts';

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
  #isWritable = true;

  constructor(outbox: Outbox, clock: Clock, log: Logger) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#log = log;
    this.#standing = new ClockStanding(clock);
    this.#startedMono = clock.monotonicMs();
  }

  /** Whether the latest records could be stored. */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /**
   * A full or failing disk loses these drafts, and says so; it does not end the agent, which goes on measuring.
   *
   * @param bootId names the origin of the drafts' monotonic times
   */
  keep(drafts: readonly RecordDraft[], bootId: string): void {
    this.#sensorStates.note(drafts);
    try {
      const records = this.#outbox.append(drafts, bootId);
      this.#isWritable = true;
      this.#stored += records.length;
      this.#standing.note(records);
    } catch (error) {
      this.#isWritable = false;
      this.#log.error({ err: error, drafts: drafts.length }, 'records could not be stored');
    }
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
