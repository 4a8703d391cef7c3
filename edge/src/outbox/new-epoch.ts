import { randomUUID } from 'node:crypto';
import { chainStart, type SeqRanges } from '@jostle/contracts';
import type { OutboxRows } from './outbox-rows.ts';
import type { SeqReserve } from './seq-reserve.ts';

export interface EpochChange {
  /** Rows that have a receipt and are still in the file. */
  settled: SeqRanges;
  /** Seqs that ingest has of the present epoch. */
  stored: SeqRanges;
  /** Of the present boot. */
  bootId: string;
}

/** What of an outbox goes on under another epoch. */
export interface NewEpoch {
  epoch: string;
  lastSeq: number;
  reserve: SeqReserve;
}

/**
 * Gives an outbox another epoch, for the day on which ingest has stored seqs that this one never gave: then its file is
 * that of an image that was restored, and its seqs are used up. What goes on under the new epoch, from seq 1, is what
 * ingest cannot have: all of the present boot, because an image is restored while the machine is off, and what ingest has
 * not stored. The rest was delivered before the image was restored. Tombstones stay behind: they name seqs of their epoch.
 *
 * @throws SqliteError where the disk does not take it; then all is as it was, but for the reserve, which the next append makes
 */
export function beginNewEpoch(
  rows: OutboxRows,
  reserve: SeqReserve,
  { settled, stored, bootId }: EpochChange,
): NewEpoch {
  const epoch = randomUUID();
  // First: a file that is not of the epoch of its reserve counts as damaged.
  reserve.remove();
  const lastSeq = rows.transaction(() => {
    rows.remove(settled);
    let seq = 0;
    let chain = chainStart(epoch);
    for (const record of rows.eachSound()) {
      // A new seq is never above the old one, so no row is in the way once those up to it are gone, sound or not.
      rows.remove([[seq + 1, record.seq]]);
      const isStored = stored.some(([from, to]) => from <= record.seq && record.seq <= to);
      if (record.kind === 'tombstone' || (isStored && record.bootId !== bootId)) continue;
      seq += 1;
      chain = rows.insert(epoch, [{ ...record, seq }], chain);
    }
    rows.remove([[seq + 1, Number.MAX_SAFE_INTEGER]]);
    rows.setEpoch(epoch, seq, chain);
    return seq;
  });
  return { epoch, lastSeq, reserve: reserve.renewed(epoch, lastSeq) };
}
