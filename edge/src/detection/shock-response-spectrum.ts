import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';

/** The quality factor that shock spectra are usually stated for: 5 % of critical damping. */
export const USUAL_QUALITY = 10;

/** What a damped oscillator on the measured surface does, at one natural frequency. */
export interface SpectrumLine {
  frequencyHz: number;
  /** Largest absolute acceleration of its mass in the positive and in the negative direction, g, both ≥ 0. */
  positiveG: number;
  negativeG: number;
  /** The larger of the two, g. */
  maximaxG: number;
  /** Largest relative displacement × 2 π × frequency, m/s. */
  pseudoVelocityMps: number;
}

/** A digital filter y[n] = b0 x[n] + b1 x[n−1] + b2 x[n−2] − a1 y[n−1] − a2 y[n−2]. */
export interface ResponseFilter {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

/**
 * The filters of an oscillator by the ramp-invariant method (ISO 18431-4; Smallwood, "An improved recursive formula
 * for calculating shock response spectra"): exact for a signal that is straight between samples, so that they hold
 * beyond a sixth of the rate too, where impulse-invariant ones do not. Both have a gain of 1 at DC.
 *
 * @param quality 1 / (2 × damping ratio), above 0.5
 * @returns of its absolute acceleration, and of its relative displacement × ω² (the pseudo-acceleration)
 */
export function responseFilters(
  frequencyHz: number,
  rateHz: number,
  quality: number,
): { absolute: ResponseFilter; relative: ResponseFilter } {
  const step = (2 * Math.PI * frequencyHz) / rateHz;
  const damping = 1 / (2 * quality);
  const turn = step * Math.sqrt(1 - damping ** 2);
  const decay = Math.exp(-step * damping);
  const sine = (decay * Math.sin(turn)) / turn;
  const cosine = decay * Math.cos(turn);
  const a1 = -2 * cosine;
  const a2 = decay ** 2;
  // From the response to a ramp: t − lag + decaying terms, where lag = 2 × damping / ω; here in samples.
  const lag = (2 * damping) / step;
  const tail = (2 * damping ** 2 - 1) * sine - lag * cosine;
  return {
    absolute: { b0: 1 - sine, b1: 2 * (sine - cosine), b2: a2 - sine, a1, a2 },
    relative: {
      b0: 1 - lag * (1 + a1) + tail,
      b1: a1 + lag * (1 + a1 - a2) - 2 * tail,
      b2: a2 * (1 + lag) + tail,
      a1,
      a2,
    },
  };
}

/**
 * Shock response spectrum of one axis, primary and residual: the oscillators are at rest at the first sample and are
 * followed for as many of their periods as their quality after the last one, in which the acceleration is 0. They
 * have then died down to 4 %. One period holds the largest swing, but perhaps not the luckiest sample of it.
 *
 * @param accelerationG without the level before the shock, which an oscillator at rest has already taken up
 * @param frequenciesHz above 0; a sampled response at a tenth of the rate shows its peak up to 5 % low, worse above
 */
export function shockResponseSpectrum(
  accelerationG: ArrayLike<number>,
  rateHz: number,
  frequenciesHz: readonly number[],
  quality: number = USUAL_QUALITY,
): SpectrumLine[] {
  return frequenciesHz.map((frequencyHz) => {
    const { absolute, relative } = responseFilters(frequencyHz, rateHz, quality);
    const period = rateHz / (frequencyHz * Math.sqrt(1 - 1 / (2 * quality) ** 2));
    const count = accelerationG.length + Math.ceil(quality * period) + 2;
    const acceleration = extremes(accelerationG, absolute, count);
    const displacement = extremes(accelerationG, relative, count);
    const perMps = STANDARD_GRAVITY_MPS2 / (2 * Math.PI * frequencyHz);
    return {
      frequencyHz,
      positiveG: acceleration.highest,
      negativeG: -acceleration.lowest,
      maximaxG: Math.max(acceleration.highest, -acceleration.lowest),
      pseudoVelocityMps: Math.max(displacement.highest, -displacement.lowest) * perMps,
    };
  });
}

/** Largest and smallest output over `count` samples; beyond its end the signal is 0. */
function extremes(
  signal: ArrayLike<number>,
  { b0, b1, b2, a1, a2 }: ResponseFilter,
  count: number,
): { highest: number; lowest: number } {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  let highest = 0;
  let lowest = 0;
  for (let i = 0; i < count; i++) {
    const x = i < signal.length ? (signal[i] as number) : 0;
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    if (y > highest) highest = y;
    else if (y < lowest) lowest = y;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
  }
  return { highest, lowest };
}
