import type { RecordTime } from '@jostle/contracts';

/** An instant of a boot at which a synchronised wall clock was read, ms. */
export interface Anchor {
  monotonicMs: number;
  wallMs: number;
}

/** What is known of one boot's wall time. An offset is wall − monotonic time, ms. */
export interface BootTimeline {
  /** By rising monotonic time. */
  anchors: readonly Anchor[];
  /** From when its messages were sent and received; late by what a message takes. */
  heardOffsetMs: number | null;
}

/** Where nothing else is known, the offset lies between these; the earliest is null where nothing limits it. */
export interface OffsetBounds {
  earliestOffsetMs: number | null;
  latestOffsetMs: number;
}

/** When something happened, ms since the epoch. Of what is only bounded `at` is the latest instant. */
export type Placement =
  | { quality: 'measured' | 'corrected'; at: number }
  | { quality: 'bounded'; at: number; earliestAt: number | null };

/**
 * A wall clock that agrees with its boot's line to this is taken at its word, ms: the network between a device and its
 * time server, or ingest, is not more exact.
 */
export const AGREEMENT_MS = 1000;

/** The placement that follows from the boot's line or from the record's own clock; null where neither can be trusted. */
export function placeRecord(seen: RecordTime, line: BootTimeline): Placement | null {
  return placerOf(line)(seen);
}

/** `placeRecord` for many records of one boot. */
export function placerOf({ anchors, heardOffsetMs }: BootTimeline): (seen: RecordTime) => Placement | null {
  const from = reachOf(anchors);
  return (seen) => {
    const anchor = anchors[from.findLastIndex((start) => start <= seen.monotonicMs)];
    if (anchor !== undefined) return onLine(seen, anchor.wallMs - anchor.monotonicMs);
    if (seen.clockQuality === 'ntp') return { quality: 'measured', at: seen.measuredAt };
    return heardOffsetMs === null ? null : onLine(seen, heardOffsetMs);
  };
}

/** Where nothing but bounds is known: a battery clock within them is believed. */
export function placeWithin(seen: RecordTime, bounds: OffsetBounds): Placement {
  const { earliestOffsetMs, latestOffsetMs } = bounds;
  const offset = seen.measuredAt - seen.monotonicMs;
  const isPlausible =
    offset <= latestOffsetMs + AGREEMENT_MS &&
    (earliestOffsetMs === null || offset >= earliestOffsetMs - AGREEMENT_MS);
  if (seen.clockQuality === 'rtc' && isPlausible) return { quality: 'measured', at: seen.measuredAt };
  return {
    quality: 'bounded',
    at: seen.monotonicMs + latestOffsetMs,
    earliestAt: earliestOffsetMs === null ? null : seen.monotonicMs + earliestOffsetMs,
  };
}

/**
 * The monotonic times from which each anchor is the nearest one, in the order of the anchors; the first is −∞. Halfway
 * between two the later one counts.
 */
export function reachOf(anchors: readonly Anchor[]): number[] {
  return anchors.map((anchor, i) => {
    const before = anchors[i - 1];
    return before === undefined
      ? Number.NEGATIVE_INFINITY
      : Math.ceil((before.monotonicMs + anchor.monotonicMs) / 2);
  });
}

function onLine({ measuredAt, monotonicMs, clockQuality }: RecordTime, offsetMs: number): Placement {
  const at = monotonicMs + offsetMs;
  const agrees = clockQuality !== 'none' && Math.abs(at - measuredAt) <= AGREEMENT_MS;
  return agrees ? { quality: 'measured', at: measuredAt } : { quality: 'corrected', at };
}
