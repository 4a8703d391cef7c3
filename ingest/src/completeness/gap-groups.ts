import type { SeqGap } from './gap-states.ts';
import type { Bounds } from './gap-times.ts';

/** Consecutive missing records of one outbox and when they were made. */
export interface PlacedFragment extends SeqGap, Bounds {
  epoch: string;
  isPartial: boolean;
}

/** Likewise, or all that one tombstone names; then records that came may lie between the first and the last. */
export interface PlacedGap extends Omit<PlacedFragment, 'tombstone'> {
  records: number;
}

/** Makes one gap of all that one tombstone names: that is one thing that happened, in however many pieces. */
export function groupedGaps(fragments: readonly PlacedFragment[]): PlacedGap[] {
  const gaps: PlacedGap[] = [];
  // Keyed by epoch and tombstone.
  const ofTombstone = new Map<string, PlacedGap>();
  for (const { tombstone, ...fragment } of fragments) {
    const records = fragment.toSeq - fragment.fromSeq + 1;
    const key = `${fragment.epoch}/${tombstone}`;
    const known = tombstone === null ? undefined : ofTombstone.get(key);
    if (known === undefined) {
      const gap = { ...fragment, records };
      gaps.push(gap);
      if (tombstone !== null) ofTombstone.set(key, gap);
      continue;
    }
    Object.assign(known, together(known, { ...fragment, records }));
  }
  return gaps;
}

/** Two gaps of one state and reason as one. */
export function together(a: PlacedGap, b: PlacedGap): PlacedGap {
  return {
    ...a,
    records: a.records + b.records,
    fromSeq: Math.min(a.fromSeq, b.fromSeq),
    toSeq: Math.max(a.toSeq, b.toSeq),
    earliest: widest(Math.min, a.earliest, b.earliest),
    latest: widest(Math.max, a.latest, b.latest),
    isPartial: a.isPartial || b.isPartial,
  };
}

/** Those with the most records, in the order that they had. */
export function mostOf<T extends { records: number }>(gaps: readonly T[], limit: number): readonly T[] {
  if (gaps.length <= limit) return gaps;
  const most = new Set(gaps.toSorted((a, b) => b.records - a.records).slice(0, limit));
  return gaps.filter((gap) => most.has(gap));
}

/** Null is no limit. */
function widest(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : pick(a, b);
}
