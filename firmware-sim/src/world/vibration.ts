import { seededRandom } from './random.ts';

/** Frequency in Hz and acceleration spectral density, relative, at a corner of the spectrum. */
export type SpectrumCorner = readonly [hz: number, density: number];

const RATE_HZ = 1000;
const LENGTH = 8192;
const LINES = 96;

/**
 * Random vibration as a loop of 8.192 s: sinusoids at harmonics of the loop, spaced evenly on a logarithmic
 * scale, with seeded phases. Reading it costs one interpolation per axis, which is what lets a
 * simulated device run a hundred times faster than real time.
 */
export class VibrationLoop {
  readonly #table: Float64Array;

  /** @param corners ascending in frequency, below 500 Hz; between them the density is straight on log-log axes */
  constructor(corners: readonly SpectrumCorner[], seed: number) {
    this.#table = synthesise(corners, seededRandom(seed));
  }

  /** Vibration of RMS 1 at this time, by axis; the axes are distant parts of one loop. */
  at(wallMs: number, axis: 0 | 1 | 2): number {
    const position = wallMs * (RATE_HZ / 1000) + axis * 2777;
    const whole = Math.floor(position);
    const index = whole % LENGTH;
    const before = this.#table[index] ?? 0;
    const after = this.#table[index + 1] ?? 0;
    return before + (after - before) * (position - whole);
  }
}

function synthesise(corners: readonly SpectrumCorner[], random: () => number): Float64Array {
  const table = new Float64Array(LENGTH + 1);
  const lowHz = corners[0]?.[0] ?? 1;
  const highHz = corners.at(-1)?.[0] ?? lowHz;
  const ratio = (highHz / lowHz) ** (1 / LINES);
  let last = 0;
  for (let line = 0; line <= LINES; line++) {
    const harmonic = Math.max(last + 1, Math.round((lowHz * ratio ** line * LENGTH) / RATE_HZ));
    last = harmonic;
    const hz = (harmonic * RATE_HZ) / LENGTH;
    // A line stands for the band around it, whose width grows with the frequency.
    const amplitude = Math.sqrt(densityAt(corners, hz) * hz * (ratio - 1));
    const phase = 2 * Math.PI * random();
    const step = (2 * Math.PI * harmonic) / LENGTH;
    for (let i = 0; i < LENGTH; i++) table[i] = (table[i] ?? 0) + amplitude * Math.sin(step * i + phase);
  }
  let squares = 0;
  for (let i = 0; i < LENGTH; i++) squares += (table[i] ?? 0) ** 2;
  const rms = Math.sqrt(squares / LENGTH);
  for (let i = 0; i < LENGTH; i++) table[i] = (table[i] ?? 0) / rms;
  table[LENGTH] = table[0] ?? 0;
  return table;
}

function densityAt(corners: readonly SpectrumCorner[], hz: number): number {
  const upper = corners.findIndex(([cornerHz]) => cornerHz >= hz);
  const [toHz, toDensity] = corners[upper === -1 ? corners.length - 1 : upper] ?? [1, 1];
  const [fromHz, fromDensity] = corners[upper === -1 ? corners.length - 1 : Math.max(0, upper - 1)] ?? [1, 1];
  if (toHz === fromHz) return toDensity;
  const share = Math.log(hz / fromHz) / Math.log(toHz / fromHz);
  return fromDensity * (toDensity / fromDensity) ** share;
}
