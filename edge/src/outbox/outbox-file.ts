import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { JostleError } from '@jostle/contracts';
import type { Logger } from 'pino';
import { dropBallast } from './ballast.ts';
import { freeBytesBeside, GrowthLimit, roomToKeep } from './growth-limit.ts';
import { exchange, finishExchange, salvagingPath } from './outbox-exchange.ts';
import { keepNewestAside, setAside } from './outbox-files.ts';
import { salvageInto } from './salvage.ts';
import { SeqReserve } from './seq-reserve.ts';
import {
  damagedFile,
  lockOutbox,
  type OpenedFile,
  type OutboxDatabase,
  type OutboxLock,
  openSqliteFile,
} from './sqlite-file.ts';

/** The file never grows beyond this: 1 GiB in pages of 4 kB, so that a long outage does not fill the card. */
const MAX_PAGES = 262_144;

/** Damaged files that are kept at most, with the one that is being salvaged: each may be as large as the cap. */
const ASIDE_MAX = 2;

export interface OutboxFile {
  lock: OutboxLock;
  db: OutboxDatabase;
  epoch: string;
  /** The highest seq that was ever given. */
  lastSeq: number;
  reserve: SeqReserve;
  growth: GrowthLimit;
}

/**
 * Opens the outbox file, or makes it with a new epoch. A file that fails its check is set aside, and what is sound in
 * it goes on in a new file, under the same epoch and the same seqs. Only where nothing says which epoch it was a new one
 * begins. Of the files that were set aside the newest two are kept.
 *
 * @param maxPages size at which the file counts as full, in pages of 4 kB
 * @throws JostleError EDGE_OUTBOX_IN_USE where another process has it open; EDGE_OUTBOX_NO_ROOM where a damaged file is to be
 *   salvaged and there is no room at all; EDGE_OUTBOX_DAMAGED where a new file is damaged, too
 */
export function openOutboxFile(path: string, log: Logger, maxPages: number = MAX_PAGES): OutboxFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = lockOutbox(path);
  try {
    return { lock, ...openLocked(path, log, maxPages) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openLocked(path: string, log: Logger, maxPages: number): Omit<OutboxFile, 'lock'> {
  const reserve = SeqReserve.read(`${path}.reserve`, log);
  finishExchange(path, (salvaged) => isSound(salvaged, maxPages, reserve));
  const opened = openChecked(path, maxPages, reserve);
  if (opened.kind === 'open') return withReserve(path, opened, reserve, maxPages, log);

  makeRoom(path, log);
  if (reserve !== undefined) salvageInto({ target: salvagingPath(path), damaged: path, reserve, log });
  const asidePath = reserve === undefined ? setAside(path) : exchange(path);
  opened.close();
  log.error({ code: 'EDGE_OUTBOX_DAMAGED', reason: opened.reason, asidePath }, 'outbox is damaged');
  const mended = openSqliteFile(path, maxPages, randomUUID());
  if (mended.kind === 'damaged') {
    mended.close();
    throw new JostleError('EDGE_OUTBOX_DAMAGED', `A new outbox at ${path} is damaged too: check the disk.`);
  }
  return withReserve(path, mended, reserve, maxPages, log);
}

function withReserve(
  path: string,
  { db, facts }: Extract<OpenedFile, { kind: 'open' }>,
  reserve: SeqReserve | undefined,
  maxPages: number,
  log: Logger,
): Omit<OutboxFile, 'lock'> {
  const { epoch, lastSeq, boots } = facts;
  const note = { epoch, seq: lastSeq, given: lastSeq, boots, unstored: 0 };
  const growth = new GrowthLimit(db, maxPages, () => freeBytesBeside(path));
  return { db, epoch, lastSeq, reserve: reserve ?? SeqReserve.make(`${path}.reserve`, log, note), growth };
}

/** A file whose pages are sound may still be another one, or an older one, than the reserve speaks of. */
function openChecked(path: string, maxPages: number, reserve: SeqReserve | undefined): OpenedFile {
  const note = reserve?.note;
  // SQLite would make a new one, and take the write-ahead log away.
  if (note !== undefined && note.seq > 0 && isEmpty(path))
    return { kind: 'damaged', reason: 'it is gone', close: () => {} };
  const opened = openSqliteFile(path, maxPages, note?.epoch ?? randomUUID());
  if (opened.kind === 'damaged' || note === undefined) return opened;
  const { db, facts } = opened;
  if (facts.epoch === note.epoch && facts.lastSeq >= note.given) return opened;
  const reason =
    facts.epoch === note.epoch
      ? 'records that were stored are gone'
      : 'it is not of the epoch of its reserve';
  return damagedFile(db, reason);
}

function isSound(path: string, maxPages: number, reserve: SeqReserve | undefined): boolean {
  const opened = openChecked(path, maxPages, reserve);
  if (opened.kind === 'open') opened.db.close();
  else opened.close();
  return opened.kind === 'open';
}

/** Before a salvage: on a small card the files of earlier ones may fill it. */
function makeRoom(path: string, log: Logger): void {
  for (const old of keepNewestAside(path, ASIDE_MAX - 1))
    log.warn({ path: old }, 'an old damaged outbox was deleted');
  const bytes = sizeOf(path) + sizeOf(`${path}-wal`);
  if (freeBytesBeside(path) < bytes + roomToKeep(bytes) && dropBallast(path))
    log.warn('the ballast was given up for a salvage');
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function isEmpty(path: string): boolean {
  return sizeOf(path) === 0;
}
