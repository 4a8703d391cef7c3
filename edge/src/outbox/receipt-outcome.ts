import { type ReceiptMessage, type SeqRanges, unionOfRanges } from '@jostle/contracts';

/**
 * What became of a receipt. `dead` went into quarantine at ingest; those left the outbox too. With `beyond-last-seq`
 * ingest has stored seqs that were never given.
 */
export type ReceiptOutcome =
  | { kind: 'applied'; removed: number; covered: SeqRanges }
  | { kind: 'refused'; reason: 'other-epoch' | 'beyond-last-seq' };

/** The seqs that ingest has stored. */
export function storedBy({ upTo, have }: ReceiptMessage): SeqRanges {
  return unionOfRanges(
    upTo > 0 ? [[1, upTo]] : [],
    have.filter(([from, to]) => from <= to),
  );
}

/** The seqs that it answers for, stored or in quarantine; garbage in the quarantine may name one that was never given. */
export function coveredBy(receipt: ReceiptMessage, lastSeq: number): SeqRanges {
  const dead = receipt.dead.filter(({ seq }) => seq <= lastSeq);
  return unionOfRanges(
    storedBy(receipt),
    dead.map(({ seq }) => [seq, seq]),
  );
}
