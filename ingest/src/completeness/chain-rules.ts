import { chainAfter, chainStart, type DeviceRecord } from '@jostle/contracts';

/** Records over which the chain was followed without a gap. */
export interface ChainRange {
  fromSeq: number;
  toSeq: number;
  /** The link before its first record. */
  before: string;
  /** The link after its last record. */
  after: string;
}

/** Records with consecutive seq, and the link that the device says stands before the first. */
export interface LinkedRun {
  chainBefore: string;
  records: readonly DeviceRecord[];
}

export interface Joined {
  ranges: ChainRange[];
  /** The seq of each record whose link is not the one that is known. */
  breaks: number[];
}

/**
 * Follows the chain over a run and compares its links with those of the ranges that it touches. What was followed
 * already costs nothing. A break is reported once: the range goes on behind it.
 *
 * @param ranges sorted, none touching another
 */
export function joinRun(ranges: readonly ChainRange[], epoch: string, run: LinkedRun): Joined {
  const last = ranges.at(-1);
  if (last !== undefined && run.records[0]?.seq === last.toSeq + 1 && run.chainBefore === last.after)
    return { ranges: ranges.with(-1, goneOn(last, run.records)), breaks: [] };
  const fromSeq = run.records[0]?.seq ?? 0;
  const toSeq = run.records.at(-1)?.seq ?? 0;
  if (ranges.some((range) => range.fromSeq <= fromSeq && toSeq <= range.toSeq))
    return { ranges: [...ranges], breaks: [] };
  const links = linksOf(run);
  const linkAfter = (seq: number) => links[seq - fromSeq + 1];
  const breaks = fromSeq === 1 && run.chainBefore !== chainStart(epoch) ? [1] : [];
  let joined: ChainRange = { fromSeq, toSeq, before: run.chainBefore, after: links.at(-1) ?? '' };
  const others: ChainRange[] = [];
  for (const range of ranges) {
    if (range.toSeq < fromSeq - 1 || range.fromSeq > toSeq + 1) {
      others.push(range);
      continue;
    }
    const isEndSeen = range.toSeq <= toSeq;
    const isStartSeen = range.fromSeq >= fromSeq;
    if (isEndSeen && linkAfter(range.toSeq) !== range.after) breaks.push(Math.max(range.toSeq + 1, fromSeq));
    if (isStartSeen && linkAfter(range.fromSeq - 1) !== range.before) breaks.push(range.fromSeq);
    joined = {
      ...(isStartSeen
        ? { fromSeq: joined.fromSeq, before: joined.before }
        : { fromSeq: range.fromSeq, before: range.before }),
      ...(isEndSeen
        ? { toSeq: joined.toSeq, after: joined.after }
        : { toSeq: range.toSeq, after: range.after }),
    };
  }
  return { ranges: [...others, joined].sort((a, b) => a.fromSeq - b.fromSeq), breaks };
}

/** What nearly every message does: it goes on where the last one ended. */
function goneOn(range: ChainRange, records: LinkedRun['records']): ChainRange {
  const { fromSeq, before, toSeq } = range;
  return { fromSeq, before, toSeq: toSeq + records.length, after: records.reduce(chainAfter, range.after) };
}

/** The link before the first record, then the one after each. */
function linksOf({ chainBefore, records }: LinkedRun): string[] {
  const links = [chainBefore];
  let link = chainBefore;
  for (const record of records) {
    link = chainAfter(link, record);
    links.push(link);
  }
  return links;
}
