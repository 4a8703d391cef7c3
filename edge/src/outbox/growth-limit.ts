import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkpoint, type OutboxDatabase } from './sqlite-file.ts';
import { PAGE_BYTES } from './sqlite-pages.ts';

/** Below this the write-ahead log is taken into the file at each look, whatever that wears: it grows to 4 MB by itself. */
const SCARCE_BYTES = 8 * 1024 * 1024;

/** So much stays free beside the file, and this part of its size: the log of a change that makes room is as long as that. */
const KEPT_BYTES = 1024 * 1024;
const KEPT_SHARE = 0.04;

/**
 * Stops the file from growing before the disk is full. A file that filled it itself could not be mended: its log holds
 * pages that find no place in the file, so the log can neither begin anew nor take the change that would make room.
 */
export class GrowthLimit {
  readonly #db: OutboxDatabase;
  readonly #maxPages: number;
  readonly #freeBytes: () => number;
  #isStopped = false;

  /** @param freeBytes of the disk that the file is on */
  constructor(db: OutboxDatabase, maxPages: number, freeBytes: () => number) {
    this.#db = db;
    this.#maxPages = maxPages;
    this.#freeBytes = freeBytes;
  }

  /** To be called before records are stored. */
  look(): void {
    if (this.#freeBytes() < SCARCE_BYTES) this.checkpoint();
    const pages = this.#db.pragma('page_count', { simple: true }) as number;
    const isScarce = this.#freeBytes() < roomToKeep(PAGE_BYTES * pages);
    if (isScarce === this.#isStopped) return;
    this.#db.pragma(`max_page_count = ${isScarce ? pages : this.#maxPages}`);
    this.#isStopped = isScarce;
  }

  /** Takes the log into the file, as far as it finds room. */
  checkpoint(): void {
    checkpoint(this.#db);
  }
}

/** Bytes that stay free beside a file of so many bytes. */
export function roomToKeep(fileBytes: number): number {
  return KEPT_BYTES + KEPT_SHARE * fileBytes;
}

/** @param path of a file on the disk */
export function freeBytesBeside(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}
