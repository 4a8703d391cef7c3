import { addRange, type DeviceRecord, type SeqRanges, sameContent } from '@jostle/contracts';
import type { EpochGroup, RunSubmission } from './epoch-group.ts';
import { follows } from './stored-run.ts';

/** New records with consecutive seq, of one message. */
export interface FreshRun {
  records: readonly DeviceRecord[];
  /** Of the message, ms. */
  receivedAt: number;
  /** The message as it came where these are all of its records, otherwise null. */
  raw: Buffer | null;
}

/** What the records of a group turn out to be against what is stored. */
export interface SortedGroup {
  /** In the order of arrival. */
  fresh: FreshRun[];
  stored: number;
  duplicates: number;
  /** Stored identity, other content: the stored one stays. */
  conflicts: DeviceRecord[];
  /** What the messages held, readable or not. */
  answered: SeqRanges;
}

/** Records of the inbox by seq, of one epoch. */
export type StoredAt = ReadonlyMap<number, DeviceRecord>;

export function isCovered(ranges: SeqRanges, seq: number): boolean {
  return overlaps(ranges, seq, seq);
}

/** Whether a number of from..to is in the ranges. */
export function overlaps(ranges: SeqRanges, from: number, to: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.[0] ?? Number.POSITIVE_INFINITY) <= to;
}

/** The stretches of messages in which something was committed before: only there the inbox has to be asked. */
export function repeatedRanges({ messages }: EpochGroup, committed: SeqRanges): SeqRanges {
  return messages.reduce<SeqRanges>((ranges, message) => {
    const span = message.kind === 'run' ? spanOf(message.records) : undefined;
    if (span === undefined || !overlaps(committed, ...span)) return ranges;
    return addRange(ranges, ...span);
  }, []);
}

/**
 * Sorts the records of a group into new ones, repetitions and conflicts.
 *
 * @param committed what is committed of this epoch where its messages lie; for a replay of the quarantine without what is dead
 * @param storedAt the stored records of `repeatedRanges`; a committed seq without one lies in quarantine, or its run has
 * expired
 */
export function sortGroup(group: EpochGroup, committed: SeqRanges, storedAt: StoredAt): SortedGroup {
  const sorted: SortedGroup = { fresh: [], stored: 0, duplicates: 0, conflicts: [], answered: [] };
  // What `fresh` holds.
  let taken: SeqRanges = [];
  for (const message of group.messages) {
    if (message.kind === 'unreadable') {
      sorted.answered = withSeqs(sorted.answered, message.reject.seqs);
      continue;
    }
    for (const { seqs } of message.rejects) sorted.answered = withSeqs(sorted.answered, seqs);
    const span = spanOf(message.records);
    if (span === undefined) continue;
    const [from, to] = span;
    const isWhole = to - from + 1 === message.records.length;
    if (isWhole && !overlaps(committed, from, to) && !overlaps(taken, from, to)) {
      const isAll = message.rejects.length === 0;
      const { records, receivedAt, raw } = message;
      sorted.fresh.push({ records, receivedAt, raw: isAll ? raw : null });
      sorted.stored += message.records.length;
      taken = addRange(taken, from, to);
      sorted.answered = addRange(sorted.answered, from, to);
    } else taken = sortRecords(sorted, message, committed, storedAt, taken);
  }
  return sorted;
}

/** Record by record. @returns what `fresh` holds then */
function sortRecords(
  sorted: SortedGroup,
  { records, receivedAt }: RunSubmission,
  settled: SeqRanges,
  storedAt: StoredAt,
  takenBefore: SeqRanges,
): SeqRanges {
  let taken = takenBefore;
  let run: DeviceRecord[] = [];
  for (const record of records) {
    const { seq } = record;
    sorted.answered = addRange(sorted.answered, seq, seq);
    const known = storedAt.get(seq) ?? (isCovered(taken, seq) ? freshAt(sorted.fresh, seq) : undefined);
    if (known !== undefined && !sameContent(known, record)) sorted.conflicts.push(record);
    else if (known !== undefined || isCovered(settled, seq)) sorted.duplicates += 1;
    else {
      const before = run.at(-1);
      if (before === undefined || !follows(before, record)) {
        run = [];
        sorted.fresh.push({ records: run, receivedAt, raw: null });
      }
      run.push(record);
      sorted.stored += 1;
      taken = addRange(taken, seq, seq);
    }
  }
  return taken;
}

function freshAt(fresh: readonly FreshRun[], seq: number): DeviceRecord | undefined {
  for (const { records } of fresh) {
    const record = records[seq - (records[0]?.seq ?? 0)];
    if (record?.seq === seq) return record;
  }
  return undefined;
}

/** From the first to the last seq of records in their order; undefined without any. */
export function spanOf(records: readonly DeviceRecord[]): [from: number, to: number] | undefined {
  const first = records[0];
  const last = records.at(-1);
  return first === undefined || last === undefined ? undefined : [first.seq, last.seq];
}

function withSeqs(ranges: SeqRanges, seqs: readonly [number, number] | null): SeqRanges {
  return seqs === null ? ranges : addRange(ranges, ...seqs);
}
