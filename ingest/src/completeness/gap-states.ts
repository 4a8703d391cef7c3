import { type GapState, missingFrom, type SeqRanges } from '@jostle/contracts';
import { unionOfRanges } from './seq-sets.ts';

/** Seqs of one epoch that are not in the inbox, both ends included. */
export interface SeqGap {
  fromSeq: number;
  toSeq: number;
  /** `in-flight` is no gap yet. */
  state: GapState | 'in-flight';
  reason: string | null;
}

export interface EpochSeqs {
  received: SeqRanges;
  dropped: readonly { fromSeq: number; toSeq: number; reason: string }[];
  /** Those of the received ones that lie in quarantine, with their code. */
  refused: readonly { seq: number; code: string }[];
  maxSeq: number;
  decidedBelow: number;
  /** What is missing up to this seq has been known for longer than a message takes. */
  agedSeq: number;
}

/** What of an epoch is not in the inbox, and why. What came counts as come, even where it was said to be dropped. */
export function gapsOf({ received, dropped, refused, maxSeq, decidedBelow, agedSeq }: EpochSeqs): SeqGap[] {
  const gaps: SeqGap[] = refused.map(({ seq, code }) => gapOf([seq, seq], 'refused', code));
  let settled = received;
  for (const { fromSeq, toSeq, reason } of dropped)
    for (const range of missingFrom(settled, fromSeq, Math.min(toSeq, maxSeq))) {
      gaps.push(gapOf(range, 'dropped', reason));
      settled = unionOfRanges(settled, [range]);
    }
  const parts = [
    ['lost', 1, decidedBelow - 1],
    ['late', decidedBelow, agedSeq],
    ['in-flight', Math.max(decidedBelow, agedSeq + 1), maxSeq],
  ] as const;
  for (const [state, from, to] of parts)
    for (const range of missingFrom(settled, from, Math.min(to, maxSeq)))
      gaps.push(gapOf(range, state, null));
  return gaps.sort((a, b) => a.fromSeq - b.fromSeq);
}

function gapOf(
  [fromSeq, toSeq]: readonly [number, number],
  state: SeqGap['state'],
  reason: string | null,
): SeqGap {
  return { fromSeq, toSeq, state, reason };
}
