import type { AnchorBody, Clock, DeviceRecord } from '@jostle/contracts';

/** How the records that are made now get their time. */
export interface TimeStanding {
  /** Of the records that are made now; null before the first one. */
  bootNumber: number | null;
  /** When the clocks were last anchored while synchronised, ms since the epoch; null where that never was. */
  anchoredAt: number | null;
  /** For how long the clock has not been synchronised; null while it is. */
  unsyncedMs: number | null;
}

/** Reads from the records themselves how the clock stands: the one that stamps them may not be the machine's. */
export class ClockStanding {
  readonly #clock: Clock;
  #bootNumber: number | null = null;
  #anchoredAt: number | null = null;
  #source: AnchorBody['source'] | null = null;
  /** Monotonic ms; means something while the source is not `ntp`. */
  #unsyncedSinceMono: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#unsyncedSinceMono = clock.monotonicMs();
  }

  /** Takes records in the order in which they were stored. */
  note(records: readonly DeviceRecord[]): void {
    this.#bootNumber = records.at(-1)?.bootNumber ?? this.#bootNumber;
    for (const { kind, body } of records) if (kind === 'anchor') this.#anchor(body);
  }

  now(): TimeStanding {
    const unsyncedMs = Math.round(this.#clock.monotonicMs() - this.#unsyncedSinceMono);
    return {
      bootNumber: this.#bootNumber,
      anchoredAt: this.#anchoredAt,
      unsyncedMs: this.#source === 'ntp' ? null : unsyncedMs,
    };
  }

  #anchor({ source, wallMs }: AnchorBody): void {
    if (source === 'ntp') this.#anchoredAt = wallMs;
    else if (this.#source === 'ntp') this.#unsyncedSinceMono = this.#clock.monotonicMs();
    this.#source = source;
  }
}
