/** Ranges of sequence numbers: both ends included, sorted, neither touching nor overlapping. */
export type SeqRanges = readonly (readonly [from: number, to: number])[];

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

/** What of `ranges` is not in `taken`, in one pass over both. */
export function withoutRanges(ranges: SeqRanges, taken: SeqRanges): SeqRanges {
  const rest: [number, number][] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    let next = from;
    for (; at < taken.length; at++) {
      const [a, b] = taken[at] ?? [0, 0];
      if (a > to) break;
      if (a > next) rest.push([next, a - 1]);
      next = Math.max(next, b + 1);
      // What reaches beyond this range may cover some of the next.
      if (b > to) break;
    }
    if (next <= to) rest.push([next, to]);
  }
  return rest;
}

/** The union of `ranges` and one more range. */
export function addRange(ranges: SeqRanges, from: number, to: number): SeqRanges {
  const last = ranges.at(-1);
  // Nearly every message goes on where the one before ended.
  if (last !== undefined && from === last[1] + 1 && to >= from) return ranges.with(-1, [last[0], to]);
  const merged: [number, number][] = [];
  let [low, high] = [from, to];
  let isPlaced = false;
  for (const [a, b] of ranges) {
    if (b < low - 1) merged.push([a, b]);
    else if (a > high + 1) {
      if (!isPlaced) merged.push([low, high]);
      isPlaced = true;
      merged.push([a, b]);
    } else [low, high] = [Math.min(low, a), Math.max(high, b)];
  }
  if (!isPlaced) merged.push([low, high]);
  return merged;
}

/** How many numbers the ranges hold. */
export function countOf(ranges: SeqRanges): number {
  return ranges.reduce((sum, [a, b]) => sum + b - a + 1, 0);
}

/** The ranges of `from..to` that are not covered. */
export function missingFrom(ranges: SeqRanges, from: number, to: number): SeqRanges {
  const missing: [number, number][] = [];
  let next = from;
  for (const [a, b] of ranges) {
    if (b < next) continue;
    if (a > to) break;
    if (a > next) missing.push([next, a - 1]);
    next = b + 1;
  }
  if (next <= to) missing.push([next, to]);
  return missing;
}
