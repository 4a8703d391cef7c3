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

/**
 * Spans of a device begin with a sample and are stamped by reading its wall clock; less than this between two of
 * them, or before the first one, is no silence.
 */
const STAMPING_TOLERANCE_MS = 1000;

export function watchedTime(
  windows: readonly ObservationWindow[],
  spans: readonly CoverageSpan[],
): WatchedTime {
  const observed: Interval[] = [];
  const lost: Interval[] = [];
  for (const device of new Set(windows.map((w) => w.device))) {
    const assigned = unionOf(windows.filter((w) => w.device === device));
    const own = spans.filter((span) => span.device === device);
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
  const silent = intersectionOf(unexplained, watched.assigned).filter(isSilence);
  const gaps = [
    ...gapsOf(lost, GAP_REASONS.lost),
    ...gapsOf(silent, GAP_REASONS.silent),
    ...gapsOf(differenceOf(unexplained, watched.assigned), GAP_REASONS.noDevice),
  ].toSorted((a, b) => a.startsAt - b.startsAt);
  return { observed: differenceOf(whole, unionOf(gaps)), gaps };
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

function isSilence({ startsAt, endsAt }: Interval): boolean {
  return endsAt - startsAt > STAMPING_TOLERANCE_MS;
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
