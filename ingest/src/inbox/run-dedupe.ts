import { type DeviceRecord, recordHash, type SeqRanges } from '@jostle/contracts';

export interface HashedRecord {
  record: DeviceRecord;
  hash: string;
}

/** What a group of records of one epoch turns out to be against what is stored. */
export interface Sorted {
  fresh: HashedRecord[];
  duplicates: number;
  /** Stored identity, other content: the stored one stays. */
  conflicts: DeviceRecord[];
}

export function isCovered(ranges: SeqRanges, seq: number): boolean {
  return ranges.some(([from, to]) => from <= seq && seq <= to);
}

/**
 * Sorts records into new ones, repetitions and conflicts.
 *
 * @param committed what is committed of this epoch
 * @param storedHash hash by seq of those that are in the inbox; a committed seq without one lies in quarantine
 * @param isReplay they come out of the quarantine, so that a committed seq without a hash is what they are
 */
export function sortRecords(
  records: readonly HashedRecord[],
  committed: SeqRanges,
  storedHash: ReadonlyMap<number, string>,
  isReplay = false,
): Sorted {
  const sorted: Sorted = { fresh: [], duplicates: 0, conflicts: [] };
  // Hash by seq, of the fresh ones.
  const taken = new Map<number, string>();
  for (const item of records) {
    const { seq } = item.record;
    const known = taken.get(seq) ?? storedHash.get(seq);
    if (known !== undefined && known !== item.hash) sorted.conflicts.push(item.record);
    else if (known !== undefined || (!isReplay && isCovered(committed, seq))) sorted.duplicates += 1;
    else {
      taken.set(seq, item.hash);
      sorted.fresh.push(item);
    }
  }
  return sorted;
}

export function hashed(records: readonly DeviceRecord[]): HashedRecord[] {
  return records.map((record) => ({ record, hash: recordHash(record) }));
}
