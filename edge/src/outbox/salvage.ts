import {
  chainStart,
  type DeviceRecord,
  JostleError,
  missingFrom,
  type RecordTime,
  type SeqRanges,
} from '@jostle/contracts';
import type { Logger } from 'pino';
import { tombstone, UNKNOWN_BOOT } from './draft-check.ts';
import { OutboxRows } from './outbox-rows.ts';
import { type RecordRow, recordOf } from './record-row.ts';
import type { SeqReserve } from './seq-reserve.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { type PageRow, rowsInPages, type SqlValue } from './sqlite-pages.ts';

/** So many tombstones at most say what is missing; where there are more holes, one speaks of several. */
const STONES_MAX = 64;

/** Version 4 and its like, as `randomUUID` and the kernel make them. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Carries what is sound in a damaged file into a new one, under the same epoch and the same seqs: a receipt for it may
 * have been lost on its way. Every row proves itself by its chain, so that all pages are looked at, also those that
 * nothing leads to any more; a record that was deleted may so come back, and is sent again. What is missing below the
 * seqs that were reserved gets tombstones, and the next seq is above all of them.
 *
 * @param target where the new file is made
 * @param damaged stays as it is
 */
export function salvageInto(target: string, damaged: string, reserve: SeqReserve, log: Logger): void {
  const { epoch, boots } = reserve.note;
  const opened = openSqliteFile(target, Number.MAX_SAFE_INTEGER, epoch);
  if (opened.kind === 'damaged') {
    opened.close();
    throw new JostleError(
      'EDGE_OUTBOX_DAMAGED',
      `A new file beside ${damaged} is damaged too: check the disk.`,
    );
  }
  const rows = new OutboxRows(opened.db);
  try {
    const count = rows.transaction(() => carry(rows, damaged));
    // One more than was reserved: the chain begins anew behind a seq that nobody has.
    const lastSeq = reserve.note.seq + 1;
    const missing = bounded(missingFrom(rows.heldRanges(), 1, lastSeq));
    reserve.reserve(lastSeq, lastSeq + missing.length);
    const time: RecordTime = { measuredAt: rows.lastMeasuredAt() ?? 0, monotonicMs: 0, clockQuality: 'none' };
    const stones = missing.map(
      ([from, to], i): DeviceRecord => ({
        ...tombstone(from, to, 'damaged', time),
        seq: lastSeq + 1 + i,
        ...UNKNOWN_BOOT,
      }),
    );
    rows.transaction(() => {
      rows.raiseBootNumbers(boots);
      rows.insert(epoch, stones, rows.chainOfLast() ?? chainStart(epoch));
    });
    log.warn({ salvaged: count, missing: stones.length }, 'records of a damaged outbox were salvaged');
  } finally {
    rows.close();
  }
}

/** @returns how many records there are now */
function carry(rows: OutboxRows, damaged: string): number {
  for (const found of rowsInPages(damaged)) {
    const boot = bootIn(found);
    if (boot !== undefined) rows.carryBoot(boot.number, boot.bootId);
    const row = recordRowIn(found);
    if (row === undefined) continue;
    if (recordOf({ ...row, boot_number: 0 }) !== undefined) rows.carry(row);
  }
  rows.noteLatest();
  return rows.count();
}

/** The columns of the table, in its order; SQLite keeps the seq beside them. */
function recordRowIn({ rowid, values }: PageRow): RecordRow | undefined {
  const [seq, kind, measuredAt, mono, bootId, clock, body, chainAfter, isEvent, chainBefore] = values;
  if (values.length !== 10 || seq !== null || rowid < 1) return undefined;
  const texts = [kind, bootId, clock, body, chainAfter, chainBefore];
  if (!texts.every(isText) || ![measuredAt, mono, isEvent].every(Number.isSafeInteger)) return undefined;
  return {
    seq: rowid,
    kind,
    measured_at: measuredAt,
    mono,
    boot_id: bootId,
    clock,
    body,
    chain_after: chainAfter,
    is_event: isEvent,
    chain_before: chainBefore,
  } as RecordRow;
}

function bootIn({ rowid, values }: PageRow): { number: number; bootId: string } | undefined {
  const [number, bootId] = values;
  const isBoot = values.length === 2 && number === null && isText(bootId) && UUID.test(bootId);
  return isBoot ? { number: rowid, bootId } : undefined;
}

function isText(value: SqlValue | undefined): value is string {
  return typeof value === 'string';
}

/** Joins neighbours across the shortest runs of records that are there, until there are few enough. */
function bounded(missing: SeqRanges): SeqRanges {
  if (missing.length <= STONES_MAX) return missing;
  const kept = missing
    .slice(1)
    .map(([from], i) => ({ i, between: from - (missing[i]?.[1] ?? 0) }))
    .sort((a, b) => b.between - a.between)
    .slice(0, STONES_MAX - 1)
    .map(({ i }) => i + 1);
  const starts = [0, ...kept.sort((a, b) => a - b)];
  return starts.map((start, n) => {
    const end = (starts[n + 1] ?? missing.length) - 1;
    return [missing[start]?.[0] ?? 1, missing[end]?.[1] ?? 1] as const;
  });
}
