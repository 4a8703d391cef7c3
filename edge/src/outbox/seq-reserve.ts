import { hash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';

/** Seqs that are reserved ahead: otherwise each append would need the note before its commit, too. */
const STEP = 500;

/** The two places of the note lie a page of flash apart: a write that is torn spoils one of them. */
const PLACE_BYTES = 4096;

/** What is known of an outbox file even when nothing of the file can be read. */
export interface ReserveNote {
  epoch: string;
  /** No seq above this was ever given. */
  seq: number;
  /** Each seq up to this was given and stored before the note was written: a file that ends below has lost some. */
  given: number;
  /** No boot has a higher number. */
  boots: number;
  /** Records that came to nothing at the last stop and are in no tombstone yet. */
  unstored: number;
}

/**
 * A tiny file beside the outbox that names its epoch, what was stored last, and seqs reserved ahead of their use. With it a
 * file whose first page is gone goes on in its own epoch and gives no seq a second time, and a log whose end is gone is
 * told from one whose last transaction never came to its end.
 *
 * It is written in place, in two places by turns: that needs no room on a full disk.
 */
export class SeqReserve {
  readonly #path: string;
  readonly #log: Logger;
  #note: ReserveNote;
  #turn: number;

  private constructor(path: string, log: Logger, note: ReserveNote, turn: number) {
    this.#path = path;
    this.#log = log;
    this.#note = note;
    this.#turn = turn;
  }

  /** The note as it stands; undefined where there is none, or none that can be believed. */
  static read(path: string, log: Logger): SeqReserve | undefined {
    if (!existsSync(path)) return undefined;
    const bytes = readFileSync(path);
    const latest = [0, 1]
      .flatMap((place) => noteIn(bytes.subarray(place * PLACE_BYTES, (place + 1) * PLACE_BYTES)) ?? [])
      .sort((a, b) => b.turn - a.turn)[0];
    if (latest === undefined) return undefined;
    // Notes of before did not count the unstored.
    return new SeqReserve(path, log, { ...latest.note, unstored: latest.note.unstored ?? 0 }, latest.turn);
  }

  /** A note for an outbox that has none yet. */
  static make(path: string, log: Logger, note: ReserveNote): SeqReserve {
    const reserve = new SeqReserve(path, log, note, 0);
    reserve.#write();
    // The second place comes into being now, while there is room.
    reserve.#write();
    return reserve;
  }

  get note(): ReserveNote {
    return this.#note;
  }

  /**
   * To be called before seqs are given.
   *
   * @param given the highest that is stored
   * @param upTo the highest that is about to be given
   */
  reserve(given: number, upTo: number): void {
    if (upTo <= this.#note.seq) return;
    this.#note = { ...this.#note, given, seq: upTo + STEP };
    this.#write();
  }

  /**
   * To be called after each commit and before anybody hears of it: what a power cut took before is in nobody's account.
   *
   * @param given the highest seq that is stored
   * @param boots the highest number of a boot
   */
  noteStored(given: number, boots: number): void {
    this.#note = { ...this.#note, given, boots: Math.max(boots, this.#note.boots) };
    this.#write();
  }

  /** To be called when records are given up that have no seq, and with 0 when a tombstone names them. */
  noteUnstored(count: number): void {
    if (count === this.#note.unstored) return;
    this.#note = { ...this.#note, unstored: count };
    this.#write();
  }

  /** For a file that gets another epoch: without a note it is taken for what it says. */
  remove(): void {
    rmSync(this.#path, { force: true });
    syncFolder(dirname(this.#path));
  }

  /** The note of the same outbox under another epoch. */
  renewed(epoch: string, lastSeq: number): SeqReserve {
    return SeqReserve.make(this.#path, this.#log, { ...this.#note, epoch, seq: lastSeq, given: lastSeq });
  }

  /** A disk that refuses the note may still take records: the note matters only where their file is spoilt, too. */
  #write(): void {
    this.#turn += 1;
    try {
      writeNote(this.#path, this.#turn, this.#note);
    } catch (error) {
      this.#log.warn({ err: error }, 'the reserve of sequence numbers could not be noted');
    }
  }
}

function writeNote(path: string, turn: number, note: ReserveNote): void {
  const isNew = !existsSync(path);
  const text = JSON.stringify({ turn, note });
  const place = Buffer.alloc(PLACE_BYTES);
  place.write(`${hash('sha256', text)} ${text}\n`);
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    writeSync(file, place, 0, PLACE_BYTES, (turn % 2) * PLACE_BYTES);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) syncFolder(dirname(path));
}

/** A file is found after a power cut once its folder is on the disk, too. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

interface WrittenNote {
  turn: number;
  note: Omit<ReserveNote, 'unstored'> & Partial<Pick<ReserveNote, 'unstored'>>;
}

function noteIn(place: Buffer): WrittenNote | undefined {
  const line = place.toString('utf8').split('\n', 1)[0] ?? '';
  const text = line.slice(65);
  return hash('sha256', text) === line.slice(0, 64) ? JSON.parse(text) : undefined;
}
