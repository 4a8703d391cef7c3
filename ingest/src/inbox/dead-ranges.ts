import { addRange, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { FreshRun } from './group-sort.ts';
import type { Reject } from './submission.ts';

/** What is in the first ranges and not in the others. */
export function without(ranges: SeqRanges, others: SeqRanges): SeqRanges {
  return ranges.flatMap(([from, to]) => missingFrom(others, from, to));
}

/**
 * What is dead of an epoch after a batch. What was committed before stays what it is: only numbers that are new die, and
 * only a replay brings one back.
 *
 * @param dead before the batch, like `committed`
 */
export function deadAfter(
  dead: SeqRanges,
  committed: SeqRanges,
  rejects: readonly Reject[],
  fresh: readonly Pick<FreshRun, 'records'>[],
): SeqRanges {
  let after = dead;
  for (const { seqs } of rejects)
    if (seqs !== null)
      for (const [from, to] of missingFrom(committed, ...seqs)) after = addRange(after, from, to);
  if (after.length === 0) return after;
  const stored = fresh
    .flatMap(({ records }) => records)
    .reduce<SeqRanges>((ranges, { seq }) => addRange(ranges, seq, seq), []);
  return without(after, stored);
}
