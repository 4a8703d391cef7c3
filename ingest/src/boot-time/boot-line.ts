import type { ClockQuality, RecordTime } from '@jostle/contracts';
import {
  type BootTimeline,
  type OffsetBounds,
  type Placement,
  placeRecord,
  placeWithin,
} from './placement.ts';

/** All that is known of one boot's wall time: what places every record of it. */
export interface BootLine extends BootTimeline {
  /** Null where the line is known, or where nothing was bounded yet. */
  bounds: OffsetBounds | null;
}

/** Of a boot that nothing is known of: only a synchronised clock is believed. */
export const UNKNOWN_LINE: BootLine = { anchors: [], heardOffsetMs: null, bounds: null };

/** Where a record is placed by what is known of its boot; null where it is not placed at all yet. */
export function placeOnLine(seen: RecordTime, line: BootLine): Placement | null {
  const placement = placeRecord(seen, line);
  if (placement !== null || line.bounds === null) return placement;
  return placeWithin(seen, line.bounds);
}

/** When a record happened, ms since the epoch; null while that is not known or only bounded. */
export type KnownTime = (measuredAt: number, monotonicMs: number) => number | null;

/** The known time of each record of a boot that has this clock quality: `placeOnLine` for many records. */
export function knownTimeOf(line: BootLine, clockQuality: ClockQuality): KnownTime {
  if (line.anchors.length === 0 && clockQuality === 'ntp') return (measuredAt) => measuredAt;
  if (line.anchors.length === 0 && line.heardOffsetMs === null && clockQuality === 'none') return () => null;
  return (measuredAt, monotonicMs) => {
    const placement = placeOnLine({ measuredAt, monotonicMs, clockQuality }, line);
    return placement === null || placement.quality === 'bounded' ? null : placement.at;
  };
}
