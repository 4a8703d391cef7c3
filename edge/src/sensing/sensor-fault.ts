import type { FaultBody } from '@jostle/contracts';
import type { DraftOutlet } from './draft-outlet.ts';

/** The one fault that a sensor can have at a time: said when it begins and when it ends, and not in between. */
export class SensorFault {
  readonly #sensor: string;
  readonly #drafts: DraftOutlet;
  #raised: FaultBody | null = null;

  constructor(sensor: string, drafts: DraftOutlet) {
    this.#sensor = sensor;
    this.#drafts = drafts;
  }

  get isRaised(): boolean {
    return this.#raised !== null;
  }

  /** Reason and detail; null where none is raised. */
  get inWords(): string | null {
    return this.#raised === null ? null : `${this.#raised.reason}: ${this.#raised.detail}`;
  }

  /** Keeps the first reason where one is raised already. */
  raise(reason: FaultBody['reason'], detail: string): void {
    if (this.#raised !== null) return;
    this.#raised = { sensor: this.#sensor, isRaised: true, reason, detail };
    this.#drafts.add('fault', this.#raised);
  }

  clear(detail: string): void {
    if (this.#raised === null) return;
    this.#drafts.add('fault', { ...this.#raised, isRaised: false, detail });
    this.#raised = null;
  }
}
