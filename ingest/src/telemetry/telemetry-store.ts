import type { ImpactClass } from '@jostle/contracts';

export interface ClimateValues {
  temperatureC?: number | undefined;
  relativeHumidityPct?: number | undefined;
  pressureHpa?: number | undefined;
}

/** One climate reading or shock event as a point in time; values that are absent were not measured. */
export type TelemetryPoint = {
  deviceId: string;
  /** Of its record, as the seq. */
  epoch: string;
  /** ms since the epoch. */
  measuredAt: number;
  /** Of its record; it makes the time of the point unique, see `pointTimeNs`. */
  seq: number;
} & (
  | {
      kind: 'climate';
      values: ClimateValues;
    }
  | {
      kind: 'shock';
      values: {
        peakG: number;
        durationMs: number;
        velocityChangeMps: number;
        dropHeightM?: number | undefined;
        impactClass: ImpactClass;
      };
    }
);

/** What names a point in the telemetry store. */
export type PointPlace = Pick<TelemetryPoint, 'kind' | 'deviceId' | 'measuredAt' | 'seq'>;

/**
 * What became of a write. Writing again is always allowed: a point replaces itself.
 *
 * - `written`: all but `tooOld` points, which are older than the store keeps any
 * - `retry`: nobody's fault, it may work later, not before `afterMs`
 * - `refused`: the credentials or the database are wrong; a person has to act
 * - `too-large`: fewer points at once may work
 * - `invalid`: at least one point can never be stored; others may have been
 */
export type WriteOutcome =
  | { kind: 'written'; tooOld?: number }
  | { kind: 'retry'; reason: string; afterMs?: number | undefined }
  | { kind: 'refused'; reason: string }
  | { kind: 'too-large' }
  | { kind: 'invalid'; reason: string };

/** Means over one stretch of time; null where nothing of that kind was measured in it. */
export interface ClimatePoint {
  /** Start of the stretch, ms since the epoch. */
  measuredAt: number;
  temperatureC: number | null;
  relativeHumidityPct: number | null;
  pressureHpa: number | null;
}

export const HOUR_MS = 3_600_000;

/** How many values a device has in one hour: up to three of a reading, one of a shock event. */
export interface HourCount {
  deviceId: string;
  /** Start of the hour, ms since the epoch. */
  hour: number;
  values: number;
}

/** A point without its values: its kind and its time in ns, as text. */
export interface PointTime {
  kind: TelemetryPoint['kind'];
  timeNs: string;
}

/** Where readings are kept for curves. It can be lost and filled again from the inbox. */
export interface TelemetryStore {
  write(points: readonly TelemetryPoint[]): Promise<WriteOutcome>;
  /** Takes points out again. `written` says it is done. */
  remove(points: readonly PointPlace[]): Promise<WriteOutcome>;
  /**
   * The climate of one device over [fromMs, toMs), in order of time, at most `maxPoints` of them.
   *
   * @throws JostleError INGEST_TELEMETRY_UNAVAILABLE
   */
  climate(deviceId: string, fromMs: number, toMs: number, maxPoints: number): Promise<ClimatePoint[]>;
  /** The kinds of points that it keeps itself. */
  readonly kinds: readonly TelemetryPoint['kind'][];
  /**
   * Counts what is there in [fromMs, toMs), whole hours, of one device or of all. An hour without anything may be left out.
   *
   * @throws JostleError INGEST_TELEMETRY_UNAVAILABLE
   */
  countHours(fromMs: number, toMs: number, deviceId?: string): Promise<HourCount[]>;
  /** The points of one device in [fromMs, toMs). @throws JostleError INGEST_TELEMETRY_UNAVAILABLE */
  pointTimes(deviceId: string, fromMs: number, toMs: number): Promise<PointTime[]>;
  close(): Promise<void>;
}

/**
 * Length of the stretches over which climate is averaged, ms. They begin at multiples of it since the epoch,
 * so that one more than fit may be touched.
 */
export function stretchMs(fromMs: number, toMs: number, maxPoints: number): number {
  return Math.max(1, Math.ceil((toMs - fromMs) / Math.max(1, maxPoints - 1)));
}
