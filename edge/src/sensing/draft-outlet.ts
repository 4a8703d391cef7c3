import {
  type Clock,
  isEventKind,
  type RecordBodies,
  type RecordDraft,
  type RecordKind,
} from '@jostle/contracts';

/**
 * Gathers drafts in the order in which they are made. Routine ones wait for `flush`, so that flash memory is written
 * about once a minute; an event takes everything before it along at once.
 */
export class DraftOutlet {
  readonly #clock: Clock;
  readonly #send: (drafts: RecordDraft[]) => void;
  #waiting: RecordDraft[] = [];

  constructor(clock: Clock, send: (drafts: RecordDraft[]) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Makes a draft that is measured now. */
  add<K extends RecordKind>(kind: K, body: RecordBodies[K]): void {
    this.#waiting.push({
      kind,
      body,
      measuredAt: Math.round(this.#clock.wallMs()),
      monotonicMs: Math.round(this.#clock.monotonicMs()),
      clockQuality: this.#clock.quality(),
    } as RecordDraft);
    if (isEventKind(kind)) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const drafts = this.#waiting;
    this.#waiting = [];
    this.#send(drafts);
  }
}
