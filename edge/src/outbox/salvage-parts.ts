import type { Logger } from 'pino';
import type { OutboxRows } from './outbox-rows.ts';
import type { RecordRow } from './record-row.ts';
import { isFull } from './sqlite-file.ts';

/** What one transaction carries at most: its memory is bounded by that, however large the file is. */
const PART_RECORDS = 500;
const PART_BYTES = 256 * 1024;

/** Of a row besides its body: two check sums, the id of its boot and numbers. */
const ROW_BYTES = 300;
/** A row that comes between others may split a page: the part then takes more than its own bytes. */
const SPLIT_FACTOR = 2;

/** Between two lines of the log: a minute on a small Raspberry Pi. */
const PROGRESS_RECORDS = 50_000;

/** Whether the file may grow by so many bytes. */
export type HasRoom = (bytes: number) => boolean;

/**
 * Carries rows into a new file in transactions of bounded size, each by rising seq, which fills the pages well. Once a row
 * found no room none is tried any more: those that come later matter less.
 */
export class SalvageParts {
  readonly #rows: OutboxRows;
  readonly #hasRoom: HasRoom;
  readonly #log: Logger;
  #part: RecordRow[] = [];
  #bytes = 0;
  #seen = 0;
  #isFull = false;
  #withoutRoom: number[] = [];

  constructor(rows: OutboxRows, hasRoom: HasRoom, log: Logger) {
    this.#rows = rows;
    this.#hasRoom = hasRoom;
    this.#log = log;
  }

  /** The seqs of the rows that found no room, in the order in which they came; one may come several times. */
  get withoutRoom(): readonly number[] {
    return this.#withoutRoom;
  }

  /** Carries all of them, or counts them as without room, before it returns. */
  carry(rows: Iterable<RecordRow>): void {
    for (const row of rows) {
      this.#part.push(row);
      this.#bytes += bytesOf(row);
      if (this.#part.length >= PART_RECORDS || this.#bytes >= PART_BYTES) this.#endPart();
      this.#seen += 1;
      if (this.#seen % PROGRESS_RECORDS === 0)
        this.#log.info({ records: this.#seen, withoutRoom: this.#withoutRoom.length }, 'the salvage goes on');
    }
    this.#endPart();
  }

  #endPart(): void {
    this.#store(this.#part.sort((a, b) => a.seq - b.seq));
    this.#part = [];
    this.#bytes = 0;
  }

  /** Half of a part may find the room that the whole does not: first the newer half. */
  #store(part: readonly RecordRow[]): void {
    if (part.length === 0 || this.#isStored(part)) return;
    if (this.#isFull || part.length === 1) {
      this.#isFull = true;
      for (const { seq } of part) this.#withoutRoom.push(seq);
      return;
    }
    const middle = Math.floor(part.length / 2);
    this.#store(part.slice(middle));
    this.#store(part.slice(0, middle));
  }

  #isStored(part: readonly RecordRow[]): boolean {
    const bytes = part.reduce((sum, row) => sum + bytesOf(row), 0);
    if (this.#isFull || !this.#hasRoom(SPLIT_FACTOR * bytes)) return false;
    try {
      this.#rows.transaction(() => {
        for (const row of part) this.#rows.carry(row);
      });
      return true;
    } catch (error) {
      // Another process may have taken the room since it was looked at.
      if (isFull(error)) return false;
      throw error;
    }
  }
}

function bytesOf({ body }: RecordRow): number {
  return ROW_BYTES + Buffer.byteLength(body);
}
