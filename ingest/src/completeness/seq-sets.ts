import type { SeqRanges } from '@jostle/contracts';

/** The union of ranges in any order, touching or overlapping. */
export function unionOfRanges(...sets: readonly SeqRanges[]): SeqRanges {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** The ranges of rows, in their order. */
export function rangesOf(rows: readonly { from_seq: number; to_seq: number }[]): SeqRanges {
  return rows.map(({ from_seq, to_seq }) => [from_seq, to_seq]);
}
