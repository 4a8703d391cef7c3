import { statSync } from 'node:fs';
import { chainStart, countOf, type DeviceRecord, JostleError, type RecordTime } from '@jostle/contracts';
import type { Logger } from 'pino';
import { DamagedRows } from './damaged-rows.ts';
import { UNKNOWN_BOOT } from './draft-check.ts';
import { freeBytesBeside, roomToKeep } from './growth-limit.ts';
import { OutboxRows } from './outbox-rows.ts';
import { type HasRoom, SalvageParts } from './salvage-parts.ts';
import { missingSeqs, salvageStones } from './salvage-stones.ts';
import type { SeqReserve } from './seq-reserve.ts';
import { isFull, type OutboxDatabase, openSqliteFile } from './sqlite-file.ts';

/** For the tables, the tombstones and the first changes of the new file. */
const LEAST_BYTES = 256 * 1024;

/** For the log of a few appends; any other change of a small file needs no more than the file is long. */
const APPENDS_BYTES = 128 * 1024;

export interface SalvageOptions {
  /** Where the new file is made; when this does not return, it is half a file. */
  target: string;
  /** Stays as it is. */
  damaged: string;
  reserve: SeqReserve;
  log: Logger;
  /** Of the disk that the target is on. */
  freeBytes?: () => number;
}

/**
 * Carries what is sound in a damaged file into a new one, under the same epoch and the same seqs: a receipt for it may
 * have been lost on its way. What is missing below the seqs that were reserved gets tombstones, and the next seq is above
 * all of them.
 *
 * Events come first, then routine records, the newest of each first: where there is no room for all, the oldest routine
 * records make room, as in an outbox that is full.
 *
 * @throws JostleError EDGE_OUTBOX_NO_ROOM where not even an empty file finds room; EDGE_OUTBOX_DAMAGED where the new file
 *   is damaged, too
 */
export function salvageInto(options: SalvageOptions): void {
  const { target, damaged, freeBytes = () => freeBytesBeside(target) } = options;
  if (freeBytes() < LEAST_BYTES) throw noRoom(damaged);
  try {
    fill({ ...options, freeBytes });
  } catch (error) {
    throw isFull(error) ? noRoom(damaged, error) : error;
  }
}

function fill({ target, damaged, reserve, log, freeBytes }: Required<SalvageOptions>): void {
  const rows = new OutboxRows(newFile(target, damaged, reserve.note.epoch));
  const source = new DamagedRows(damaged);
  const hasRoom: HasRoom = (bytes) => {
    const size = statSync(target).size + bytes;
    return freeBytes() - bytes >= Math.min(size + APPENDS_BYTES, roomToKeep(size));
  };
  try {
    const without = carry(rows, source, hasRoom, log);
    const { salvaged, damaged, dropped } = nameMissing(rows, reserve, without.seqs);
    log.warn({ salvaged, damaged, dropped }, 'records of a damaged outbox were salvaged');
    if (dropped > 0)
      log.error(
        { code: 'EDGE_OUTBOX_NO_ROOM', dropped, events: without.events },
        'there is no room for all; what found none is in the file that is set aside next',
      );
  } finally {
    source.close();
    rows.close();
  }
}

/** A power cut leaves half a file, which is thrown away: so it needs no log, and is synced once it is whole. */
function newFile(target: string, damaged: string, epoch: string): OutboxDatabase {
  const opened = openSqliteFile(target, Number.MAX_SAFE_INTEGER, epoch);
  if (opened.kind === 'damaged') {
    opened.close();
    throw new JostleError(
      'EDGE_OUTBOX_DAMAGED',
      `A new file beside ${damaged} is damaged too: check the disk.`,
    );
  }
  opened.db.pragma('journal_mode = MEMORY');
  opened.db.pragma('synchronous = OFF');
  return opened.db;
}

/** @returns what found no room, and how many events are among it */
function carry(rows: OutboxRows, source: DamagedRows, hasRoom: HasRoom, log: Logger) {
  const { boots, newestFirst } = source.survey();
  log.warn({ pages: newestFirst.length }, 'a damaged outbox is salvaged');
  rows.transaction(() => {
    for (const { number, bootId } of boots) rows.carryBoot(number, bootId);
  });
  const parts = new SalvageParts(rows, hasRoom, log);
  parts.carry(source.soundRows(newestFirst, 'events'));
  const events = new Set(parts.withoutRoom).size;
  parts.carry(source.soundRows(newestFirst, 'routine'));
  return { seqs: parts.withoutRoom, events };
}

/** @returns numbers of records */
function nameMissing(rows: OutboxRows, reserve: SeqReserve, withoutRoom: readonly number[]) {
  const { epoch, boots, seq } = reserve.note;
  rows.noteLatest();
  const salvaged = rows.count();
  const held = rows.heldRanges();
  // A reserve that could not be written is behind the file.
  const highest = withoutRoom.reduce((max, one) => Math.max(max, one), held.at(-1)?.[1] ?? 0);
  // One more than was given: the chain begins anew behind a seq that nobody has.
  const lastSeq = Math.max(seq, highest) + 1;
  const missing = missingSeqs({ held, withoutRoom, lastSeq });
  const time: RecordTime = { measuredAt: rows.lastMeasuredAt() ?? 0, monotonicMs: 0, clockQuality: 'none' };
  const stones = salvageStones(missing, time).map(
    (stone, i): DeviceRecord => ({ ...stone, seq: lastSeq + 1 + i, ...UNKNOWN_BOOT }),
  );
  reserve.reserve(lastSeq, lastSeq + stones.length);
  rows.transaction(() => {
    rows.raiseBootNumbers(boots);
    rows.insert(epoch, stones, rows.chainOfLast() ?? chainStart(epoch));
  });
  return { salvaged, damaged: countOf(missing.damaged), dropped: countOf(missing.dropped) };
}

function noRoom(damaged: string, cause?: unknown): JostleError {
  const message = `There is no room beside ${damaged} for what is sound in it: make some; it stays as it was.`;
  return new JostleError('EDGE_OUTBOX_NO_ROOM', message, { cause });
}
