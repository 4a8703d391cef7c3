import { type GapState, missingFrom, type SeqRanges, unionOfRanges } from '@jostle/contracts';

/** Seqs of one epoch that are not in the inbox, both ends included, and none between them that is. */
export interface SeqGap {
  fromSeq: number;
  toSeq: number;
  /** `in-flight` is no gap yet. */
  state: GapState | 'in-flight';
  reason: string | null;
  /** Which of the tombstones names them; null where none does. One may leave a gap for every second record. */
  tombstone: number | null;
}

export interface EpochSeqs {
  received: SeqRanges;
  /** In the order of `fromSeq`. */
  dropped: readonly { fromSeq: number; toSeq: number; reason: string }[];
  /** Those of the received ones that never reached the inbox. */
  dead: SeqRanges;
  /** With which code, by rising seq: a row speaks of its own seq and those behind it that no other row names. */
  codes: readonly { seq: number; code: string }[];
  maxSeq: number;
  decidedBelow: number;
  /** What is missing up to this seq has been known for longer than a message takes. */
  agedSeq: number;
}

/**
 * What of an epoch is not in the inbox, and why. What came counts as come, even where it was said to be dropped. Each
 * list is gone through once: there may be a hundred thousand gaps.
 */
export function gapsOf(seqs: EpochSeqs): SeqGap[] {
  const { received, dropped, maxSeq, decidedBelow, agedSeq } = seqs;
  const spans = apart(dropped, maxSeq);
  const gaps = [...refusedGaps(seqs), ...droppedGaps(spans, missingFrom(received, 1, maxSeq), dropped)];
  const settled = unionOfRanges(
    received,
    spans.map(({ fromSeq, toSeq }) => [fromSeq, toSeq]),
  );
  const parts = [
    ['lost', 1, decidedBelow - 1],
    ['late', decidedBelow, agedSeq],
    ['in-flight', Math.max(decidedBelow, agedSeq + 1), maxSeq],
  ] as const;
  for (const [state, from, to] of parts)
    for (const [fromSeq, toSeq] of missingFrom(settled, from, Math.min(to, maxSeq)))
      gaps.push({ fromSeq, toSeq, state, reason: null, tombstone: null });
  return gaps.sort((a, b) => a.fromSeq - b.fromSeq);
}

interface Span {
  fromSeq: number;
  toSeq: number;
  tombstone: number;
}

/** The spans of tombstones without what an earlier one of them names already. */
function apart(dropped: EpochSeqs['dropped'], maxSeq: number): Span[] {
  const spans: Span[] = [];
  let next = 1;
  for (const [tombstone, span] of dropped.entries()) {
    const fromSeq = Math.max(span.fromSeq, next);
    const toSeq = Math.min(span.toSeq, maxSeq);
    if (fromSeq > toSeq) continue;
    spans.push({ fromSeq, toSeq, tombstone });
    next = toSeq + 1;
  }
  return spans;
}

function droppedGaps(spans: readonly Span[], missing: SeqRanges, dropped: EpochSeqs['dropped']): SeqGap[] {
  const gaps: SeqGap[] = [];
  let at = 0;
  for (const { fromSeq, toSeq, tombstone } of spans) {
    const reason = dropped[tombstone]?.reason ?? null;
    while ((missing[at]?.[1] ?? Number.POSITIVE_INFINITY) < fromSeq) at += 1;
    for (let i = at; ; i++) {
      const [from, to] = missing[i] ?? [Number.POSITIVE_INFINITY, 0];
      if (from > toSeq) break;
      const ends = { fromSeq: Math.max(from, fromSeq), toSeq: Math.min(to, toSeq) };
      gaps.push({ ...ends, state: 'dropped', reason, tombstone });
      // The last one may reach into the next span too.
      at = i;
    }
  }
  return gaps;
}

/** The quarantine has no room for all: what it does not name was refused all the same. */
function refusedGaps({ dead, codes }: Pick<EpochSeqs, 'dead' | 'codes'>): SeqGap[] {
  const gaps: SeqGap[] = [];
  let at = 0;
  for (const [from, to] of dead) {
    while ((codes[at]?.seq ?? Number.POSITIVE_INFINITY) < from) at += 1;
    let gap: SeqGap = { fromSeq: from, toSeq: to, state: 'refused', reason: null, tombstone: null };
    for (let row = codes[at]; row !== undefined && row.seq <= to; at += 1, row = codes[at]) {
      if (row.code === gap.reason) continue;
      if (row.seq > gap.fromSeq) gaps.push({ ...gap, toSeq: row.seq - 1 });
      gap = { ...gap, fromSeq: row.seq, reason: row.code };
    }
    gaps.push(gap);
  }
  return gaps;
}
