import { freeFallHeightM, type ImpactClass, packWaveform, type ShockBody } from '@jostle/contracts';
import type { ClipLimits } from './clip-limits.ts';
import { equivalentDropHeightM } from './drop-height.ts';
import { FEWEST_SAMPLES_PER_PULSE, fair, fairingCornerHz } from './fairing.ts';
import { type FreeFall, findFreeFall } from './free-fall.ts';
import { launchVelocityMps, TOSS_LAUNCH_MPS } from './launch.ts';
import { findPulse, type Pulse, type PulseSearch, velocityChange } from './pulse.ts';
import { restingLevel } from './resting-level.ts';
import { type AxesG, distanceG, meanOf, sampleAt } from './samples.ts';
import type { ShockObservation } from './shock-observation.ts';

const PRE_IMPACT_MS = 50;
export const POST_IMPACT_MS = 100;
const RISE_MS = 5;
const RELEASE_MS = 50;
/** Keeps a waveform near 2 kB on the wire whatever the rate. */
const LONGEST_WAVEFORM = 400;

/** A triggered stretch of the stream. Indexes count samples from its start. */
export interface ShockSegment {
  /** Interleaved x, y, z in g, from the oldest history to the end of the event. */
  xyz: Float32Array;
  /** First sample at or above the trigger level. */
  impactIndex: number;
  /** Last sample at or above the trigger level. */
  lastAboveIndex: number;
  /** The pulse cannot begin before: the event before this one, or 0. */
  notBeforeIndex: number;
  periodMs: number;
  impactMonoMs: number;
}

/** Everything that can be said of one triggered stretch. */
export function analyseShock(segment: ShockSegment, clip: ClipLimits, countG: number): ShockObservation {
  const { xyz, impactIndex, periodMs } = segment;
  const rateHz = 1000 / periodMs;
  const { fall, rest } = precedingState(segment);
  const clipped = clippedAxes(segment, clip);
  const measured = measurePulse(segment, rest, clipped.x || clipped.y || clipped.z);
  const { pulse } = measured;
  const change = velocityChange(xyz, pulse.start, pulse.end, rest, periodMs);
  const dv = Math.hypot(change.x, change.y, change.z);
  const impactClass = classify(xyz, fall, periodMs);
  return {
    impactMonoMs: segment.impactMonoMs,
    peakG: peakPerAxis(measured.xyz, segment, rest, pulse),
    durationMs: rounded((pulse.end - pulse.start) * periodMs, 3),
    velocityChangeMps: rounded(dv, 4),
    velocityChange: { x: rounded(change.x, 4), y: rounded(change.y, 4), z: rounded(change.z, 4) },
    impactClass,
    freeFallMs: rounded(fall?.durationMs ?? 0, 2),
    dropHeightM:
      fall !== null && impactClass === 'drop' ? rounded(freeFallHeightM(fall.durationMs / 1000), 4) : null,
    equivalentDropHeightM: {
      low: rounded(equivalentDropHeightM(dv, 1), 4),
      high: rounded(equivalentDropHeightM(dv, 0), 4),
    },
    clipped,
    rateHz: rounded(rateHz, 2),
    isBandwidthLimited: measured.isBandwidthLimited,
    fairing: measured.fairing,
    waveform: waveformAround(xyz, impactIndex, rateHz, countG),
  };
}

/** The fall that the impact ended, if the chip reads about 1 g at rest, and what each axis would read at rest. */
function precedingState(segment: ShockSegment): { fall: FreeFall | null; rest: AxesG } {
  const { xyz, impactIndex, periodMs } = segment;
  const nearZero = findFreeFall(xyz, impactIndex, periodMs);
  // The release of a grip and the rise of an impact are not rest.
  const restEnd =
    nearZero === null
      ? impactIndex - Math.ceil(RISE_MS / periodMs)
      : nearZero.startIndex - Math.ceil(RELEASE_MS / periodMs);
  const resting = restingLevel(xyz, Math.max(0, restEnd), periodMs);
  if (nearZero === null || !resting.isGravity) return { fall: null, rest: resting.level };
  return { fall: nearZero, rest: uprightAtImpact(segment, distanceG(resting.level)) };
}

/**
 * What a thing that fell would read at rest, g. It may have turned on its way down, so that its rest before the fall
 * says nothing; but a fall ends vertically: up is where the floor pushes.
 */
function uprightAtImpact({ xyz, impactIndex, lastAboveIndex }: ShockSegment, gravityG: number): AxesG {
  const push = meanOf(xyz, impactIndex, lastAboveIndex + 1);
  const scale = gravityG / distanceG(push);
  return { x: push.x * scale, y: push.y * scale, z: push.z * scale };
}

/**
 * A launch before the fall makes it a toss: its duration then contains the way up. That holds for a rebound too.
 * An impact without a fall is a kick (the usage of transport packaging surveys).
 */
function classify(xyz: Float32Array, fall: FreeFall | null, periodMs: number): ImpactClass {
  if (fall === null) return 'kick';
  return launchVelocityMps(xyz, fall.startIndex, periodMs) >= TOSS_LAUNCH_MPS ? 'toss' : 'drop';
}

function measurePulse(
  segment: ShockSegment,
  rest: AxesG,
  isClipped: boolean,
): Pick<ShockObservation, 'fairing' | 'isBandwidthLimited'> & { xyz: Float32Array; pulse: Pulse } {
  const rateHz = 1000 / segment.periodMs;
  const search = pulseSearch(segment);
  const faired = fair(segment.xyz, rateHz);
  const pulse = findPulse(faired, rest, search);
  if (!isClipped && isResolved(pulse)) {
    const cornerHz = rounded(fairingCornerHz(rateHz), 2);
    return {
      xyz: faired,
      pulse,
      isBandwidthLimited: false,
      fairing: { filter: 'butterworth-2-zero-phase', cornerHz },
    };
  }
  // A filter would only lower a peak that the range has cut off or that the rate has not resolved.
  const raw = findPulse(segment.xyz, rest, search);
  return {
    xyz: segment.xyz,
    pulse: raw,
    isBandwidthLimited: !isResolved(raw),
    fairing: { filter: 'none', cornerHz: 0 },
  };
}

function isResolved({ start, end }: Pulse): boolean {
  return end - start >= FEWEST_SAMPLES_PER_PULSE;
}

/** A pulse is sought where the waveform is kept: what is longer is motion, not shock. */
function pulseSearch(segment: ShockSegment): PulseSearch {
  const { xyz, impactIndex, lastAboveIndex, notBeforeIndex, periodMs } = segment;
  return {
    peakFrom: impactIndex,
    peakTo: lastAboveIndex,
    start: Math.max(notBeforeIndex, impactIndex - Math.ceil(PRE_IMPACT_MS / periodMs)),
    end: Math.min(xyz.length / 3 - 1, lastAboveIndex + Math.ceil(POST_IMPACT_MS / periodMs)),
  };
}

/** Largest size of each axis over the event, rebounds included, above the level at rest. */
function peakPerAxis(
  xyz: Float32Array,
  { impactIndex, lastAboveIndex }: ShockSegment,
  rest: AxesG,
  pulse: Pulse,
): ShockBody['peakG'] {
  const peak = { x: 0, y: 0, z: 0 };
  for (let i = impactIndex; i <= lastAboveIndex; i++) {
    peak.x = Math.max(peak.x, Math.abs((xyz[i * 3] as number) - rest.x));
    peak.y = Math.max(peak.y, Math.abs((xyz[i * 3 + 1] as number) - rest.y));
    peak.z = Math.max(peak.z, Math.abs((xyz[i * 3 + 2] as number) - rest.z));
  }
  return {
    x: rounded(peak.x, 3),
    y: rounded(peak.y, 3),
    z: rounded(peak.z, 3),
    resultant: rounded(pulse.peakG, 3),
  };
}

function clippedAxes(
  { xyz, impactIndex, lastAboveIndex }: ShockSegment,
  { low, high }: ClipLimits,
): ShockBody['clipped'] {
  const clipped = { x: false, y: false, z: false };
  for (let i = impactIndex; i <= lastAboveIndex; i++) {
    const { x, y, z } = sampleAt(xyz, i);
    clipped.x ||= x <= low.x || x >= high.x;
    clipped.y ||= y <= low.y || y >= high.y;
    clipped.z ||= z <= low.z || z >= high.z;
  }
  return clipped;
}

function waveformAround(xyz: Float32Array, impactIndex: number, rateHz: number, countG: number) {
  const wanted = ((PRE_IMPACT_MS + POST_IMPACT_MS) / 1000) * rateHz;
  const shrink = Math.min(1, LONGEST_WAVEFORM / wanted);
  const pre = Math.floor((PRE_IMPACT_MS / 1000) * rateHz * shrink);
  const post = Math.floor((POST_IMPACT_MS / 1000) * rateHz * shrink);
  const from = Math.max(0, impactIndex - pre);
  const preMs = ((impactIndex - from) / rateHz) * 1000;
  const part = xyz.subarray(from * 3, (impactIndex + post) * 3);
  return packWaveform(part, rounded(rateHz, 2), rounded(preMs, 3), countG);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
