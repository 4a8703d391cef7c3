import {
  countOf,
  type DeviceRecord,
  isEventKind,
  MINUTE_MS,
  missingFrom,
  type OutboxSpan,
  type ReceiptMessage,
  type RecordDraft,
  type RecordTime,
  type SeqRanges,
  unionOfRanges,
  withoutRanges,
} from '@jostle/contracts';
import type { Logger } from 'pino';
import { Ballast, ballastPath } from './ballast.ts';
import { tombstone } from './draft-check.ts';
import { beginNewEpoch } from './new-epoch.ts';
import { openOutboxFile } from './outbox-file.ts';
import { type FoundRuns, OutboxRows } from './outbox-rows.ts';
import type { OutboxSummary } from './outbox-summary.ts';
import { type Change, OutboxWriter } from './outbox-writer.ts';
import { coveredBy, type ReceiptOutcome, storedBy } from './receipt-outcome.ts';
import type { RecordRun } from './record-runs.ts';
import type { SeqReserve } from './seq-reserve.ts';
import { type OutboxLock, whereTheDiskTakesIt } from './sqlite-file.ts';

/** How often the time of the last receipt is written down: each writing costs flash memory a page. */
const NOTE_RECEIPT_MS = 5 * MINUTE_MS;

/** Rows with a receipt that may wait in the file for the next append; more are taken out at once. */
const SETTLED_MAX = 2_000;

export interface OutboxOptions {
  path: string;
  log: Logger;
  /** Records that are kept at most before routine ones are dropped, oldest first. */
  maxRecords: number;
  /** Size of the file at which it counts as full, pages of 4 kB; default 1 GiB. */
  maxPages?: number;
}

/**
 * The durable queue of the device: a record is in it from the commit of `append` until a receipt covers it.
 *
 * INVARIANTS: a seq is given once and never again in one epoch; each seq that was given ends in a receipt or in
 * a tombstone; events are never dropped to make room; everything is synchronous, so calls never interleave.
 *
 * A row whose receipt came leaves the file with the next append: one transaction where there would be two halves what
 * is written to the card. A power cut before that brings the row back, and it is sent again.
 */
export class Outbox {
  #epoch: string;
  readonly #rows: OutboxRows;
  readonly #log: Logger;
  readonly #writer: OutboxWriter;
  readonly #ballast: Ballast;
  #reserve: SeqReserve;
  readonly #lock: OutboxLock;
  #count: number;
  /** Seq of the routine record that was stored last, 0 before the first. */
  #newestSample: number;
  /** Events had the only place of the last call while a sample waited. */
  #isSampleNext = false;
  #lastMeasuredAt: number | null;
  /** Of the latest receipt, and what of that the file knows; ms since the epoch. */
  #lastReceiptAt: number | null;
  #notedReceiptAt: number | null;
  /** Ranges that receipts cover and whose rows may still be in the file, and how many rows those are. */
  #settled: SeqRanges = [];
  #settledRows = 0;

  /** @throws JostleError EDGE_OUTBOX_IN_USE where another agent has the file open, EDGE_OUTBOX_NO_ROOM: see `openOutboxFile` */
  constructor({ path, log, maxRecords, maxPages }: OutboxOptions) {
    const file = openOutboxFile(path, log, maxPages);
    this.#lock = file.lock;
    this.#rows = new OutboxRows(file.db);
    this.#log = log;
    this.#epoch = file.epoch;
    this.#reserve = file.reserve;
    this.#ballast = new Ballast(ballastPath(path), log);
    this.#writer = new OutboxWriter(this.#rows, file, this.#ballast, maxRecords, log);
    this.#count = this.#rows.count();
    this.#newestSample = this.#rows.newestRoutine() ?? 0;
    this.#lastMeasuredAt = this.#rows.lastMeasuredAt();
    this.#notedReceiptAt = this.#rows.lastReceiptAt();
    this.#lastReceiptAt = this.#notedReceiptAt;
  }

  /** Of the seqs; another one where `beginNewEpoch` began it. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Records that have no receipt yet. */
  get count(): number {
    return this.#count;
  }

  get span(): OutboxSpan {
    return { minSeq: this.#firstHeld() ?? this.#writer.lastSeq + 1, maxSeq: this.#writer.lastSeq };
  }

  /** The latest `measuredAt` that was ever stored, ms since the epoch; delivered records count too. */
  get lastMeasuredAt(): number | null {
    return this.#lastMeasuredAt;
  }

  /** Wall clock of the last receipt, ms since the epoch; after a power cut the file may be some minutes behind. */
  get lastReceiptAt(): number | null {
    return this.#lastReceiptAt;
  }

  /** When the record was measured that has waited longest, ms since the epoch; null where none waits, and after `close`. */
  get oldestMeasuredAt(): number | null {
    const seq = this.#rows.isOpen ? this.#firstHeld() : undefined;
    return seq === undefined ? null : this.#rows.measuredAt(seq);
  }

  /** Whether there is room set aside for a full disk. */
  get hasBallast(): boolean {
    return this.#ballast.isThere;
  }

  summary(): OutboxSummary {
    if (this.#settledRows > 0) whereTheDiskTakesIt(() => this.#removeSettled());
    return { ...this.#rows.summary(), lastReceiptAt: this.#lastReceiptAt };
  }

  /**
   * Stores drafts in one transaction and gives them their seq and the number of their boot. A draft that could not be
   * delivered is replaced by a tombstone, so that it never blocks the others.
   *
   * @param bootId names the origin of the drafts' monotonic times
   * @returns what was stored; when it returns, a power cut does not take it back
   */
  append(drafts: readonly RecordDraft[], bootId: string): DeviceRecord[] {
    const last = drafts.at(-1);
    if (last === undefined) return [];
    return this.#write({ drafts, bootId, time: last });
  }

  /** Records that came to nothing before they had a seq, by what an earlier run noted at its stop. */
  get unstored(): number {
    return this.#reserve.note.unstored;
  }

  /** Notes for the next start, in room that the file system has given already, how many records have no tombstone. */
  noteUnstored(count: number): void {
    this.#reserve.noteUnstored(count);
  }

  /**
   * Gives seqs to records that came to nothing before they had one, and a tombstone of `time` that names them. A power cut
   * before that is noted makes another tombstone: too many are named rather than too few.
   */
  nameUnstored(count: number, bootId: string, time: RecordTime): void {
    const { lastSeq } = this.#writer;
    const stone = tombstone(lastSeq + 1, lastSeq + count, 'not-stored', time);
    this.#write({ drafts: [stone], bootId, time, skipped: count });
    this.#reserve.noteUnstored(0);
  }

  /**
   * The next runs to send: events, then the newest samples, then the backlog from its beginning. However many events
   * there are, the newest samples have a place.
   *
   * @param inFlight ranges that are on their way and not given again
   */
  takeRuns(inFlight: SeqRanges, maxRuns: number): RecordRun[] {
    const runs: RecordRun[] = [];
    let taken = unionOfRanges(this.#settled, inFlight);
    const take = ({ runs: found, damaged }: FoundRuns) => {
      runs.push(...found);
      taken = unionOfRanges(
        taken,
        found.map(({ fromSeq, toSeq }) => [fromSeq, toSeq]),
      );
      if (damaged.length > 0) this.#giveUp(damaged);
    };
    const gaps = () => missingFrom(taken, this.span.minSeq, this.#writer.lastSeq);
    const sample = this.#newestSample;
    const gapOfSample = () => gaps().find(([from, to]) => from <= sample && sample <= to);
    const isSampleWaiting = gapOfSample() !== undefined && this.#rows.holds(sample);
    // Scattered events fill a window for minutes: one place of it, or every second one, is for what is measured now.
    const kept = isSampleWaiting && (maxRuns > 1 || this.#isSampleNext) ? 1 : 0;
    this.#isSampleNext = isSampleWaiting && kept === 0;
    if (maxRuns > kept) take(this.#rows.events(gaps(), maxRuns - kept));
    const gap = isSampleWaiting ? gapOfSample() : undefined;
    if (runs.length < maxRuns && gap !== undefined) take(this.#rows.newest([gap[0], sample]));
    if (runs.length < maxRuns) take(this.#rows.oldest(gaps(), maxRuns - runs.length));
    return runs;
  }

  /**
   * Lets go of what a receipt covers. A receipt for another epoch, or for a seq never given, changes nothing.
   *
   * @param receivedAt wall clock, ms since the epoch; null where nobody wants to know later
   */
  applyReceipt(receipt: ReceiptMessage, receivedAt: number | null = null): ReceiptOutcome {
    if (receipt.epoch !== this.#epoch) return { kind: 'refused', reason: 'other-epoch' };
    const { lastSeq } = this.#writer;
    if ((storedBy(receipt).at(-1)?.[1] ?? 0) > lastSeq) return { kind: 'refused', reason: 'beyond-last-seq' };
    const covered = coveredBy(receipt, lastSeq);
    this.#lastReceiptAt = receivedAt ?? this.#lastReceiptAt;
    const isDue =
      receivedAt !== null && Math.abs(receivedAt - (this.#notedReceiptAt ?? 0)) >= NOTE_RECEIPT_MS;
    if (isDue) whereTheDiskTakesIt(() => this.#noteReceipt());
    const removed = this.#rows.countIn(withoutRanges(covered, this.#settled));
    this.#settled = unionOfRanges(this.#settled, covered);
    this.#settledRows += removed;
    this.#count -= removed;
    if (this.#settledRows > SETTLED_MAX) whereTheDiskTakesIt(() => this.#removeSettled());
    return { kind: 'applied', removed, covered };
  }

  /**
   * For an outbox of a restored image: ingest has stored seqs that it never gave. What ingest cannot have goes on under a
   * new epoch, from seq 1; where the disk does not take that, the epoch stays.
   *
   * @param bootId of the present boot
   */
  beginNewEpoch(receipt: ReceiptMessage, bootId: string): void {
    whereTheDiskTakesIt(() => {
      const change = { settled: this.#settled, stored: storedBy(receipt), bootId };
      const begun = beginNewEpoch(this.#rows, this.#reserve, change);
      this.#reserve = begun.reserve;
      this.#epoch = begun.epoch;
      this.#writer.goOnIn(begun);
      this.#forgetSettled();
      this.#count = this.#rows.count();
      this.#newestSample = this.#rows.newestRoutine() ?? 0;
    });
  }

  close(): void {
    try {
      if (this.#settledRows > 0) this.#removeSettled();
      if (this.#lastReceiptAt !== this.#notedReceiptAt) this.#noteReceipt();
    } catch (error) {
      this.#log.warn(
        { err: error, rows: this.#settledRows },
        'records with a receipt stay and are sent again',
      );
    }
    this.#rows.close();
    this.#lock.release();
  }

  #noteReceipt(): void {
    const receivedAt = this.#lastReceiptAt;
    if (receivedAt === null) return;
    this.#rows.noteReceipt(receivedAt);
    this.#notedReceiptAt = receivedAt;
  }

  #removeSettled(): void {
    this.#rows.transaction(() => this.#rows.remove(this.#settled));
    this.#forgetSettled();
  }

  #forgetSettled(): void {
    this.#settled = [];
    this.#settledRows = 0;
  }

  #firstHeld(): number | undefined {
    for (const [from, to] of missingFrom(this.#settled, 1, this.#writer.lastSeq)) {
      const seq = this.#rows.firstSeq(from, to);
      if (seq !== undefined) return seq;
    }
    return undefined;
  }

  /** @param damaged rows that leave without a receipt */
  #write(change: Omit<Change, 'removed' | 'held'>, damaged: SeqRanges = []): DeviceRecord[] {
    const held = this.#count - countOf(damaged);
    const { records, lost } = this.#writer.write({
      ...change,
      removed: [...this.#settled, ...damaged],
      held,
    });
    this.#forgetSettled();
    this.#count = held + records.length - lost;
    this.#newestSample = records.findLast(({ kind }) => !isEventKind(kind))?.seq ?? this.#newestSample;
    this.#lastMeasuredAt = this.#rows.lastMeasuredAt();
    return records;
  }

  /** Takes damaged rows out; they leave tombstones, which are sent with the next runs. */
  #giveUp(damaged: readonly number[]): void {
    const ranges = unionOfRanges(damaged.map((seq) => [seq, seq]));
    const time: RecordTime = { measuredAt: this.#lastMeasuredAt ?? 0, monotonicMs: 0, clockQuality: 'none' };
    const drafts = ranges.map(([from, to]) => tombstone(from, to, 'damaged', time));
    this.#log.error({ code: 'EDGE_OUTBOX_DAMAGED', ranges }, 'records in the outbox are damaged');
    // Otherwise they are found again, and the sound ones are sent meanwhile.
    whereTheDiskTakesIt(() => void this.#write({ drafts, bootId: undefined, time }, ranges));
  }
}
