import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { JostleError } from '@jostle/contracts';
import type { Logger } from 'pino';
import { freeBytesBeside, GrowthLimit } from './growth-limit.ts';
import { salvageInto } from './salvage.ts';
import { SeqReserve, syncFolder } from './seq-reserve.ts';
import { damagedFile, type OpenedFile, type OutboxDatabase, openSqliteFile } from './sqlite-file.ts';

/** The file never grows beyond this: 1 GiB in pages of 4 kB, so that a long outage does not fill the card. */
const MAX_PAGES = 262_144;

export interface OutboxFile {
  db: OutboxDatabase;
  epoch: string;
  /** The highest seq that was ever given. */
  lastSeq: number;
  reserve: SeqReserve;
  growth: GrowthLimit;
}

/**
 * Opens the outbox file, or makes it with a new epoch. A file that fails its check is set aside, never deleted, and what
 * is sound in it goes on in a new file, under the same epoch and the same seqs. Only where nothing says which epoch it was
 * a new one begins.
 *
 * @param maxPages size at which the file counts as full, in pages of 4 kB
 * @throws JostleError EDGE_OUTBOX_IN_USE where another process has it open
 */
export function openOutboxFile(path: string, log: Logger, maxPages: number = MAX_PAGES): OutboxFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  finishExchange(path);
  const reserve = SeqReserve.read(`${path}.reserve`, log);
  const opened = openChecked(path, maxPages, reserve);
  if (opened.kind === 'open') return withReserve(path, opened, reserve, maxPages, log);

  if (reserve !== undefined) salvageInto(salvagePath(path), path, reserve, log);
  const asidePath = setAside(path);
  if (reserve !== undefined) exchange(path);
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
): OutboxFile {
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

function isEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0;
}

const salvagePath = (path: string) => `${path}.salvaged`;

/** @returns where the damaged file is now */
function setAside(path: string): string {
  let n = 1;
  while (existsSync(`${path}.damaged-${n}`)) n += 1;
  // The file first: while it is there, a power cut lets the salvage begin anew.
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.damaged-${n}${suffix}`);
  syncFolder(dirname(path));
  return `${path}.damaged-${n}`;
}

function exchange(path: string): void {
  renameSync(salvagePath(path), path);
  syncFolder(dirname(path));
}

/** Ends what a power cut interrupted: a salvage is complete once the damaged file is no longer in its place. */
function finishExchange(path: string): void {
  if (!existsSync(salvagePath(path))) return;
  if (!existsSync(path)) {
    if (existsSync(`${path}-wal`)) setAside(path);
    exchange(path);
    return;
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(salvagePath(path) + suffix, { force: true });
}
