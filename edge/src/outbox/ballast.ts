import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import { freeBytesBeside } from './growth-limit.ts';

/** Room for the write-ahead log of some appends, and for the pages that a checkpoint adds to the file. */
const BALLAST_BYTES = 512 * 1024;

/** It is made again when this much more is free: otherwise it would come and go. */
const ROOM_FACTOR = 4;

/** After how many appends it is looked whether there is room again. */
const LOOK_EVERY = 64;

/** @param outbox path of the file that the ballast lies beside */
export function ballastPath(outbox: string): string {
  return `${outbox}.ballast`;
}

/** Room that is kept for the day on which the disk is full: the agent needs some to thin what it has. */
export class Ballast {
  readonly #path: string;
  readonly #log: Logger;
  #isThere: boolean;
  #appends = 0;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    this.#isThere = existsSync(path) && statSync(path).size === BALLAST_BYTES;
    if (!this.#isThere) this.#make();
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Gives the room away. @returns false where it was given already, or where it is not the disk that is full */
  release(): boolean {
    if (!this.#isThere || freeBytesBeside(this.#path) >= BALLAST_BYTES) return false;
    rmSync(this.#path, { force: true });
    this.#isThere = false;
    this.#log.error('the disk is full: the ballast was given up to store on');
    return true;
  }

  /** To be called after an append that found room: makes the ballast again, once there is room for it. */
  noteAppend(): void {
    if (this.#isThere) return;
    this.#appends += 1;
    if (this.#appends % LOOK_EVERY === 0) this.#make();
  }

  /** Written byte by byte: a file with holes keeps no room. */
  #make(): void {
    try {
      if (freeBytesBeside(this.#path) < BALLAST_BYTES * ROOM_FACTOR) return;
      const file = openSync(this.#path, 'w', 0o600);
      try {
        // Not zeros: a file system that compresses would keep no room for them.
        const block = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 151 + 7) % 251));
        for (let at = 0; at < BALLAST_BYTES; at += block.length) writeSync(file, block);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      this.#isThere = true;
    } catch (error) {
      rmSync(this.#path, { force: true });
      this.#log.warn({ err: error }, 'no ballast could be made');
    }
  }
}

/** Gives the ballast away before there is an agent that could. @returns whether there was one */
export function dropBallast(outbox: string): boolean {
  const isThere = existsSync(ballastPath(outbox));
  rmSync(ballastPath(outbox), { force: true });
  return isThere;
}
