import { type AxesG, meanOf } from '../detection/samples.ts';
import { type Refusal, refusal } from './refusal.ts';

/** How long a device must lie still. */
export const REST_MS = 5000;
/** The share of that time for which samples must have come: a drain before and one after it may fall outside. */
const SAMPLES_LEAST = 0.9;
/**
 * Stillness is judged on means of this length: a high-g part has 0.1 g of noise of its own in each sample (ADXL375
 * datasheet rev. B, Specifications: 5 mg/√Hz, over 400 Hz), which such a mean brings to a tenth.
 */
const WINDOW_MS = 100;
/** Largest standard deviation of those means, g: a hand, a truck and a running engine lie above it. */
const STILL_G = 0.03;
/** Largest standard deviation of single samples, g: twice the noise; more is vibration that the means hide. */
const QUIET_G = 0.2;

/** What the chip read during a rest, along its own axes and without any calibration. */
export interface RestSamples {
  /** Interleaved x, y, z, g. */
  xyz: Float32Array;
  /** Time between samples, ms. */
  periodMs: number;
  /** Samples that the chip or the bus lost meanwhile. */
  lostSamples: number;
  /** Full scale of the chip, g. */
  rangeG: number;
}

/** The mean of a rest, along the axes of the chip. */
export interface RestLevel {
  kind: 'still';
  meanG: AxesG;
  /** Standard deviation of means over 100 ms, g. */
  spreadG: AxesG;
  samples: number;
}

/** The level at rest; refused where samples are missing, an axis is at the end of its range, or the device moved. */
export function restLevel({ xyz, periodMs, lostSamples, rangeG }: RestSamples): RestLevel | Refusal {
  const samples = Math.floor(xyz.length / 3);
  if (samples * periodMs < REST_MS * SAMPLES_LEAST || lostSamples > 0)
    return refusal(
      'samples-missing',
      `${samples} samples came and ${lostSamples} were lost`,
      'Run `jostle-edge doctor`: it says what is wrong with the shock recorder or its bus.',
    );
  if (xyz.some((g) => Math.abs(g) >= rangeG))
    return refusal(
      'clipped',
      `an axis reads the end of its range, ${rangeG} g`,
      'Run `jostle-edge selftest`: a chip that reads so at rest is broken.',
    );
  const windowSamples = Math.max(1, Math.round(WINDOW_MS / periodMs));
  const spreadG = standardDeviation(windowMeans(xyz, windowSamples));
  const roughG = largest(standardDeviation(windowMeans(xyz, 1)));
  if (largest(spreadG) >= STILL_G || roughG >= QUIET_G)
    return refusal(
      'moving',
      `the device moved: ${milligravities(spreadG)} mg about its mean, ${Math.round(roughG * 1000)} mg from sample to sample`,
      'Lay it on something that does not shake, take your hands off, and try again.',
    );
  return { kind: 'still', meanG: meanOf(xyz, 0, samples), spreadG, samples };
}

export function milligravities({ x, y, z }: AxesG): string {
  return [x, y, z].map((g) => Math.round(g * 1000)).join(', ');
}

function windowMeans(xyz: Float32Array, windowSamples: number): AxesG[] {
  const windows = Math.floor(xyz.length / 3 / windowSamples);
  return Array.from({ length: windows }, (_, i) => meanOf(xyz, i * windowSamples, (i + 1) * windowSamples));
}

function standardDeviation(values: readonly AxesG[]): AxesG {
  const along = (axis: keyof AxesG) => {
    const mean = values.reduce((sum, value) => sum + value[axis], 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value[axis] - mean) ** 2, 0);
    return Math.sqrt(squares / Math.max(1, values.length - 1));
  };
  return { x: along('x'), y: along('y'), z: along('z') };
}

function largest({ x, y, z }: AxesG): number {
  return Math.max(x, y, z);
}
