import type { SeqRanges } from '@jostle/contracts';

/** The ranges of rows, in their order. */
export function rangesOf(rows: readonly { from_seq: number; to_seq: number }[]): SeqRanges {
  return rows.map(({ from_seq, to_seq }) => [from_seq, to_seq]);
}
