import {
  meanOf,
  type SampleBlock,
  type ShockObservation,
  type SpectrumLine,
  shockResponseSpectrum,
} from '../detection/index.ts';
import { type PseudoVelocitySeverity, severityOf } from './severity.ts';

/** The spectrum of one event of a recording, of each axis of the sensor. */
export interface EventSpectrum {
  x: SpectrumLine[];
  y: SpectrumLine[];
  z: SpectrumLine[];
  /** Largest pseudo-velocity of all axes and lines, m/s. */
  pseudoVelocityMps: number;
  severity: PseudoVelocitySeverity;
}

const BEFORE_MS = 50;
const AFTER_MS = 100;
/** The rise of the shock is not the level before it, ms. */
const RISE_MS = 5;
/** Lines are spaced by a third of an octave as IEC 61260-1 has them: 1000 Hz × 10^(n/10). */
const LOWEST_LINE = -23;
const HIGHEST_LINE = 5;
/** A line above this part of the rate could read more than 5 % low: 1 − cos(π / 10). */
const LARGEST_SHARE_OF_RATE = 0.1;

/** Frequencies at which a recording of this rate has something to say, Hz: thirds of octaves from 5 Hz. */
export function spectrumFrequencies(rateHz: number): number[] {
  const lines = Array.from(
    { length: HIGHEST_LINE - LOWEST_LINE + 1 },
    (_, i) => 10 ** (3 + (LOWEST_LINE + i) / 10),
  );
  return lines.filter((hz) => hz <= LARGEST_SHARE_OF_RATE * rateHz);
}

/**
 * The spectrum of an event: of what changed against the time just before it, be that rest or free fall, since that is
 * where the things inside start from. Null where an axis is clipped, because what is cut off belongs to it.
 *
 * @param block unbroken samples that hold the event
 */
export function eventSpectrum(block: SampleBlock, event: ShockObservation): EventSpectrum | null {
  if (event.clipped.x || event.clipped.y || event.clipped.z) return null;
  const { xyz, periodMs, startMs } = block;
  const rateHz = 1000 / periodMs;
  const frequencies = spectrumFrequencies(rateHz);
  const impact = Math.round((event.impactMonoMs - startMs) / periodMs);
  const from = Math.max(0, impact - Math.ceil(BEFORE_MS / periodMs));
  const to = Math.min(xyz.length / 3, impact + Math.ceil(AFTER_MS / periodMs));
  const level = meanOf(xyz, from, Math.max(from + 1, impact - Math.ceil(RISE_MS / periodMs)));
  const linesOf = (axis: 0 | 1 | 2, atRest: number) =>
    shockResponseSpectrum(
      Float64Array.from({ length: to - from }, (_, i) => (xyz[(from + i) * 3 + axis] as number) - atRest),
      rateHz,
      frequencies,
    ).map(roundedLine);
  const axes = { x: linesOf(0, level.x), y: linesOf(1, level.y), z: linesOf(2, level.z) };
  const lines = [...axes.x, ...axes.y, ...axes.z];
  const pseudoVelocityMps = Math.max(0, ...lines.map((line) => line.pseudoVelocityMps));
  return { ...axes, pseudoVelocityMps, severity: severityOf(pseudoVelocityMps) };
}

function roundedLine(line: SpectrumLine): SpectrumLine {
  return {
    frequencyHz: rounded(line.frequencyHz, 1),
    positiveG: rounded(line.positiveG, 3),
    negativeG: rounded(line.negativeG, 3),
    maximaxG: rounded(line.maximaxG, 3),
    pseudoVelocityMps: rounded(line.pseudoVelocityMps, 4),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
