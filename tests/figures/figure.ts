/** One measured number, and what it ought to be. */
export interface Figure {
  /** Stable name, such as `edge.detection.rate`. */
  id: string;
  /** What was measured and how, in one sentence. */
  how: string;
  value: number;
  unit: string;
  /** Null where the number is there to be known. */
  target: number | null;
  /** Which side of the target is right. */
  bound: 'at least' | 'at most' | null;
  /** True where there is no target. */
  pass: boolean;
}

export type Target = { atLeast: number } | { atMost: number };

/** @param target none where the number is there to be known */
export function figure(id: string, value: number, unit: string, how: string, target?: Target): Figure {
  const known = { id, how, value: Number(value.toPrecision(4)), unit };
  if (target === undefined) return { ...known, target: null, bound: null, pass: true };
  return 'atLeast' in target
    ? { ...known, target: target.atLeast, bound: 'at least', pass: value >= target.atLeast }
    : { ...known, target: target.atMost, bound: 'at most', pass: value <= target.atMost };
}

/** The middle one; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The value that so large a share of all does not exceed. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
