import type { DeviceRecord, RecordDraft, RecordTime, SeqRanges } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { Ballast } from './ballast.ts';
import { draftProblem, tombstone, UNKNOWN_BOOT } from './draft-check.ts';
import type { GrowthLimit } from './growth-limit.ts';
import type { NewEpoch } from './new-epoch.ts';
import type { OutboxFile } from './outbox-file.ts';
import type { OutboxRows } from './outbox-rows.ts';
import type { SeqReserve } from './seq-reserve.ts';
import { isFull } from './sqlite-file.ts';
import { makeRoom, NOT_THINNED, type ThinningState, type WayToMakeRoom } from './thinning.ts';

/** When the outbox is full this part of its cap is freed at once, so that thinning is rare and in long runs. */
const THIN_SHARE = 0.02;

/** So many routine records make room on the ballast: few pages are touched. */
const THIN_ON_BALLAST = 200;

/** What one transaction puts in besides the drafts: a tombstone for what was thinned, and one for what was dropped. */
const STONES_MAX = 2;

type Boot = Pick<DeviceRecord, 'bootId' | 'bootNumber'>;

/** What one transaction does, before it is known whether there is room. */
export interface Change {
  drafts: readonly RecordDraft[];
  /** Undefined for tombstones of records whose boot is not known. */
  bootId: string | undefined;
  /** Of the tombstones that making room needs. */
  time: RecordTime;
  /** Seqs that are given to nothing. */
  skipped?: number;
  /** Rows that leave: they have a receipt, or were damaged. */
  removed: SeqRanges;
  /** Records that stay, before the drafts come. */
  held: number;
}

export interface Written {
  records: DeviceRecord[];
  /** Records that made room. */
  lost: number;
}

/** Gives records their seq and their chain and stores them; where there is no room it makes some. */
export class OutboxWriter {
  readonly #rows: OutboxRows;
  #epoch: string;
  #reserve: SeqReserve;
  readonly #ballast: Ballast;
  readonly #growth: GrowthLimit;
  readonly #maxRecords: number;
  readonly #log: Logger;
  #lastSeq: number;
  /** Behind the record that was stored last. */
  #chain: string;
  #thinning: ThinningState = NOT_THINNED;

  constructor(
    rows: OutboxRows,
    { epoch, lastSeq, reserve, growth }: OutboxFile,
    ballast: Ballast,
    maxRecords: number,
    log: Logger,
  ) {
    this.#rows = rows;
    this.#epoch = epoch;
    this.#lastSeq = lastSeq;
    this.#reserve = reserve;
    this.#ballast = ballast;
    this.#growth = growth;
    this.#maxRecords = maxRecords;
    this.#log = log;
    this.#chain = rows.chainHead();
  }

  /** The highest seq that was ever given. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The rows have another epoch, and its numbers. */
  goOnIn({ epoch, lastSeq, reserve }: NewEpoch): void {
    this.#epoch = epoch;
    this.#lastSeq = lastSeq;
    this.#reserve = reserve;
    this.#chain = this.#rows.chainHead();
    this.#thinning = NOT_THINNED;
  }

  /** @throws SqliteError where there is no room and none can be made, or the disk fails */
  write(change: Change): Written {
    this.#growth.look();
    const { drafts, held } = change;
    const surplus = held + drafts.length - this.#maxRecords;
    const share = (of: number) => Math.ceil(of * THIN_SHARE);
    const written = this.#attempt(change, 'halve', surplus > 0 ? surplus + share(this.#maxRecords) : 0);
    if (written !== undefined) {
      this.#ballast.noteAppend();
      return written;
    }
    const toFree = share(held) + drafts.length;
    return (
      this.#attempt(change, 'sift', toFree) ??
      this.#attempt(change, 'drop', toFree) ??
      this.#onBallast(change)
    );
  }

  /** The disk is full: on the room of the ballast the file takes in its log, and goes on within its own pages. */
  #onBallast(change: Change): Written {
    if (this.#ballast.release()) this.#growth.checkpoint();
    return this.#store(change, 'drop', THIN_ON_BALLAST + change.drafts.length);
  }

  /** @returns undefined where there is no room */
  #attempt(change: Change, way: WayToMakeRoom, toFree: number): Written | undefined {
    try {
      return this.#store(change, way, toFree);
    } catch (error) {
      if (isFull(error)) return undefined;
      throw error;
    }
  }

  #store(
    { drafts, bootId, time, skipped = 0, removed }: Change,
    way: WayToMakeRoom,
    toFree: number,
  ): Written {
    this.#reserve.reserve(this.#lastSeq, this.#lastSeq + skipped + 2 * drafts.length + STONES_MAX);
    const { records, boot, room, chain } = this.#rows.transaction(() => {
      this.#rows.remove(removed);
      const made = toFree > 0 ? makeRoom(this.#rows, way, this.#thinningNow(), toFree) : undefined;
      const origin =
        bootId === undefined ? UNKNOWN_BOOT : { bootId, bootNumber: this.#rows.bootNumber(bootId) };
      const numbered = this.#number(drafts, origin, this.#lastSeq + skipped);
      let seq = numbered.at(-1)?.seq ?? this.#lastSeq;
      for (const [from, to] of made?.ranges ?? []) {
        seq += 1;
        numbered.push({ ...tombstone(from, to, 'outbox-full', time), seq, ...origin });
      }
      const behind = this.#rows.insert(this.#epoch, numbered, this.#chain);
      return { records: numbered, boot: origin, room: made, chain: behind };
    });
    this.#chain = chain;
    this.#lastSeq = records.at(-1)?.seq ?? this.#lastSeq;
    this.#reserve.noteStored(this.#lastSeq, boot.bootNumber);
    this.#thinning = room?.next ?? this.#thinning;
    if (room !== undefined) this.#log.warn({ lost: room.count }, 'outbox is full; routine records made room');
    return { records, lost: room?.count ?? 0 };
  }

  /** Thinning begins anew when everything that was thinned has left. */
  #thinningNow(): ThinningState {
    const first = this.#rows.firstSeq(1, this.#lastSeq);
    return first === undefined || first > this.#thinning.highest ? NOT_THINNED : this.#thinning;
  }

  /** A refused draft takes a seq of its own, which the tombstone after it names. */
  #number(drafts: readonly RecordDraft[], boot: Boot, after: number): DeviceRecord[] {
    let seq = after;
    return drafts.map((draft) => {
      seq += 1;
      const problem = draftProblem(draft);
      if (problem === undefined) return { ...draft, seq, ...boot };
      this.#log.error({ kind: draft.kind, problem }, 'record refused by the outbox');
      seq += 1;
      return { ...tombstone(seq - 1, seq - 1, 'refused', draft), seq, ...boot };
    });
  }
}
