import { differenceOf, type Interval, intersectionOf, unionOf } from './intervals.ts';
import type { CaseLeg, CoverageSpan, ObservationWindow } from './return-case.ts';

export const GAP_REASONS = {
  noLeg: 'no leg recorded',
  noDevice: 'no device assigned',
  silent: 'device silent',
  lost: 'samples lost',
} as const;

export interface Gap extends Interval {
  reason: (typeof GAP_REASONS)[keyof typeof GAP_REASONS];
}

/** What was watched of one stretch of the way: `observed` and the gaps together are the whole stretch. */
export interface StretchCoverage {
  observed: Interval[];
  gaps: Gap[];
}

/** What the devices of a case watched, each within its windows only. */
export interface WatchedTime {
  observed: Interval[];
  lost: Interval[];
  assigned: Interval[];
}

/** Neighbouring spans of one device are stamped by reading the wall clock twice; less than this is no silence. */
const STAMPING_TOLERANCE_MS = 1000;

export function watchedTime(
  windows: readonly ObservationWindow[],
  spans: readonly CoverageSpan[],
): WatchedTime {
  const observed: Interval[] = [];
  const lost: Interval[] = [];
  for (const device of new Set(windows.map((w) => w.device))) {
    const assigned = unionOf(windows.filter((w) => w.device === device));
    const own = bridged(spans.filter((s) => s.device === device));
    observed.push(...intersectionOf(unionOf(own.map(watchedPart)), assigned));
    lost.push(...intersectionOf(unionOf(own.map(lostPart)), assigned));
  }
  return { observed: unionOf(observed), lost: unionOf(lost), assigned: unionOf(windows) };
}

/** The observed parts of a stretch, and each part that was not, with the reason. */
export function stretchCoverage(stretch: Interval, watched: WatchedTime): StretchCoverage {
  const whole = unionOf([stretch]);
  const unobserved = differenceOf(whole, watched.observed);
  const lost = intersectionOf(unobserved, watched.lost);
  const unexplained = differenceOf(unobserved, lost);
  return {
    observed: intersectionOf(whole, watched.observed),
    gaps: [
      ...gapsOf(lost, GAP_REASONS.lost),
      ...gapsOf(intersectionOf(unexplained, watched.assigned), GAP_REASONS.silent),
      ...gapsOf(differenceOf(unexplained, watched.assigned), GAP_REASONS.noDevice),
    ].toSorted((a, b) => a.startsAt - b.startsAt),
  };
}

/** Times between the first and the last leg in which nobody is recorded to have held the shipment. */
export function custodyGaps(legs: readonly CaseLeg[]): Gap[] {
  const held = unionOf(legs);
  const [first] = held;
  const last = held.at(-1);
  if (first === undefined || last === undefined) return [];
  const way = [{ startsAt: first.startsAt, endsAt: last.endsAt }];
  return gapsOf(differenceOf(way, held), GAP_REASONS.noLeg);
}

/** Gaps in order of time; neighbours with one reason become one. */
export function joinedGaps(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.startsAt - b.startsAt)) {
    const last = joined.at(-1);
    if (last?.reason === gap.reason && last.endsAt === gap.startsAt) last.endsAt = gap.endsAt;
    else joined.push({ ...gap });
  }
  return joined;
}

function gapsOf(intervals: readonly Interval[], reason: Gap['reason']): Gap[] {
  return intervals.map(({ startsAt, endsAt }) => ({ startsAt, endsAt, reason }));
}

/** The spans of one device in order, each stretched over a stamping difference to the next. */
function bridged(spans: readonly CoverageSpan[]): CoverageSpan[] {
  const sorted = spans.toSorted((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt);
  return sorted.map((span, i) => {
    const next = sorted[i + 1];
    const isBridged = next !== undefined && next.startsAt - span.endsAt <= STAMPING_TOLERANCE_MS;
    return isBridged ? { ...span, endsAt: Math.max(span.endsAt, next.startsAt) } : span;
  });
}

/** Where in its minute a span lost samples is not known; as much of its end as was lost counts as lost. */
function lossStartsAt({ startsAt, endsAt, samples, lostSamples }: CoverageSpan): number {
  const expected = samples + lostSamples;
  return expected === 0 ? startsAt : Math.round(startsAt + ((endsAt - startsAt) * samples) / expected);
}

function watchedPart(span: CoverageSpan): Interval {
  return { startsAt: span.startsAt, endsAt: lossStartsAt(span) };
}

function lostPart(span: CoverageSpan): Interval {
  return { startsAt: lossStartsAt(span), endsAt: span.endsAt };
}
