import { isEventKind, type RecordDraft } from '@jostle/contracts';
import { bodyBytes } from './record-runs.ts';

/** Half a day of routine records at the default settings. */
const DRAFTS_MAX = 5_000;
/** Shock events carry their waveform: some hundred fit. */
const BYTES_MAX = 4 * 1024 * 1024;
/** So few at once find room sooner, and an attempt that fails costs little. */
const ATTEMPT_MAX = 200;

interface Waiting {
  draft: RecordDraft;
  bootId: string;
  bytes: number;
}

/** Drafts of one boot, in the order in which they were measured. */
export interface DraftsOfBoot {
  bootId: string;
  drafts: RecordDraft[];
}

/**
 * Drafts that the disk did not take, kept in memory until it does. When they are too many the oldest routine ones go, and
 * only then the oldest events; how many went is counted, so that it can be said.
 */
export class UnstoredDrafts {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #lost: number;

  /** @param lost how many went before, and are in no tombstone yet */
  constructor(lost: number) {
    this.#lost = lost;
  }

  get count(): number {
    return this.#waiting.length;
  }

  /** How many had to go and are in no tombstone yet. */
  get lost(): number {
    return this.#lost;
  }

  keep(drafts: readonly RecordDraft[], bootId: string): void {
    for (const draft of drafts) {
      const bytes = bodyBytes(draft.body);
      this.#waiting.push({ draft, bootId, bytes });
      this.#bytes += bytes;
    }
    while (this.#waiting.length > DRAFTS_MAX || this.#bytes > BYTES_MAX) this.#letGo();
  }

  /** Some of the boot whose turn it is; undefined where none wait. They wait on until `stored`. */
  next(): DraftsOfBoot | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const some = this.#waiting.slice(0, ATTEMPT_MAX);
    const end = some.findIndex(({ bootId }) => bootId !== first.bootId);
    const group = end === -1 ? some : some.slice(0, end);
    return { bootId: first.bootId, drafts: group.map(({ draft }) => draft) };
  }

  /** The drafts that `next` gave are stored. */
  stored({ drafts }: DraftsOfBoot): void {
    for (const { bytes } of this.#waiting.splice(0, drafts.length)) this.#bytes -= bytes;
  }

  /** A tombstone names those that were lost. */
  named(): void {
    this.#lost = 0;
  }

  #letGo(): void {
    const routine = this.#waiting.findIndex(({ draft }) => !isEventKind(draft.kind));
    const [gone] = this.#waiting.splice(Math.max(0, routine), 1);
    this.#bytes -= gone?.bytes ?? 0;
    this.#lost += 1;
  }
}
