/** A half-open stretch of time, ms since the epoch. */
export interface Interval {
  startsAt: number;
  endsAt: number;
}

/** The same times as sorted stretches that neither touch nor overlap; empty stretches vanish. */
export function unionOf(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals
    .filter((i) => i.endsAt > i.startsAt)
    .toSorted((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt);
  const merged: Interval[] = [];
  for (const { startsAt, endsAt } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && startsAt <= last.endsAt) last.endsAt = Math.max(last.endsAt, endsAt);
    else merged.push({ startsAt, endsAt });
  }
  return merged;
}

/** Times that lie in both; each argument is a union. */
export function intersectionOf(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) return common;
    const startsAt = Math.max(left.startsAt, right.startsAt);
    const endsAt = Math.min(left.endsAt, right.endsAt);
    if (startsAt < endsAt) common.push({ startsAt, endsAt });
    if (left.endsAt < right.endsAt) i++;
    else j++;
  }
}

/** Times of `a` that do not lie in `b`; each argument is a union. */
export function differenceOf(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  let j = 0;
  for (const { startsAt, endsAt } of a) {
    let from = startsAt;
    while ((b[j]?.endsAt ?? Number.POSITIVE_INFINITY) <= from) j++;
    for (let k = j; from < endsAt; k++) {
      const hole = b[k];
      if (hole === undefined || hole.startsAt >= endsAt) {
        rest.push({ startsAt: from, endsAt });
        break;
      }
      if (hole.startsAt > from) rest.push({ startsAt: from, endsAt: hole.startsAt });
      from = Math.max(from, hole.endsAt);
    }
  }
  return rest;
}

/** Length of a union, ms. */
export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, i) => sum + i.endsAt - i.startsAt, 0);
}

/** Whether the instant lies in one of the stretches. */
export function holds(intervals: readonly Interval[], instant: number): boolean {
  return intervals.some((i) => i.startsAt <= instant && instant < i.endsAt);
}
