import type { ClimateReading } from './reading-text.ts';

/** One look at a climate sensor. */
export interface ClimateGlance {
  kind: 'climate';
  sensor: string;
  /** The newest good values; null before the first. */
  reading: ClimateReading | null;
  /** How long ago they were read; null before the first. */
  ageMs: number | null;
  /** How often the chip is read, ms. */
  readEveryMs: number;
  /** Good replies, and transfers without one, since the chip was found. */
  replies: number;
  errors: number;
  /** What is wrong, in words; null where all is well. */
  fault: string | null;
}

/** What an accelerometer saw since the look before. */
interface GlanceOf<Kind extends 'shock' | 'tilt'> {
  /** What it is there for. */
  kind: Kind;
  sensor: string;
  samples: number;
  /** Samples that the FIFO or the bus lost. */
  lostSamples: number;
  /** Largest resultant, gravity included, g; null where there was no sample. */
  peakG: number | null;
  /** The peak is at the end of the range: a lower bound. */
  isClipped: boolean;
  /** Mean of each axis, g; null where there was no sample. */
  meanG: readonly [x: number, y: number, z: number] | null;
  /** Root mean square of the departure from that mean, all axes together, g. */
  unrestG: number;
  /** Rate that the chip's samples came at, Hz; null before it is known. */
  rateHz: number | null;
  /** Rate that it is set to, Hz. */
  nominalHz: number;
  fault: string | null;
}

export type AccelerometerGlance = GlanceOf<'shock'> | GlanceOf<'tilt'>;
export type SensorGlance = ClimateGlance | AccelerometerGlance;

/** A reading misses one turn now and then; a chip that is read every second is given three. */
const FRESH_LEAST_MS = 3000;

/** Whether the newest values still describe the air. */
export function isFresh({ ageMs, readEveryMs }: ClimateGlance): boolean {
  return ageMs !== null && ageMs <= Math.max(FRESH_LEAST_MS, 2 * readEveryMs);
}
