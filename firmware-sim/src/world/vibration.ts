import { inverseFourier } from './fourier.ts';
import { seededRandom } from './random.ts';
import { densityAt, type SpectrumCorner } from './spectrum.ts';

const RATE_HZ = 2048;
const LENGTH = 2 ** 15;
const LINE_HZ = RATE_HZ / LENGTH;
/** Parts of the loop that serve as the other two axes, samples; no divisor of its length. */
const AXIS_SHIFT = 9973;

/**
 * Random vibration as a loop of 16 s: a line every 1/16 Hz with the amplitude that the spectrum asks for and a seeded
 * phase. Reading it costs one interpolation per axis, which is what lets a simulated device run a hundred times
 * faster than real time. Interpolation takes 6 % of the density away at 200 Hz, and less below.
 */
export class VibrationLoop {
  readonly #table: Float64Array;

  /** @param corners ascending in frequency, below 500 Hz */
  constructor(corners: readonly SpectrumCorner[], seed: number) {
    this.#table = synthesise(corners, seededRandom(seed));
  }

  /**
   * Vibration of RMS 1 at this time, by axis; the axes are distant parts of one loop.
   *
   * @param shiftMs where in the loop time 0 is: devices that share a loop differ by it
   */
  at(wallMs: number, axis: 0 | 1 | 2, shiftMs = 0): number {
    const position = (wallMs + shiftMs) * (RATE_HZ / 1000) + axis * AXIS_SHIFT;
    const whole = Math.floor(position);
    const index = whole % LENGTH;
    const before = this.#table[index] ?? 0;
    const after = this.#table[index + 1] ?? 0;
    return before + (after - before) * (position - whole);
  }
}

function synthesise(corners: readonly SpectrumCorner[], random: () => number): Float64Array {
  const re = new Float64Array(LENGTH);
  const im = new Float64Array(LENGTH);
  let power = 0;
  for (let line = 1; line < LENGTH / 2; line++) {
    const phase = 2 * Math.PI * random();
    const amplitude = Math.sqrt(2 * densityAt(corners, line * LINE_HZ) * LINE_HZ);
    re[line] = amplitude * Math.cos(phase);
    im[line] = amplitude * Math.sin(phase);
    power += amplitude ** 2 / 2;
  }
  inverseFourier(re, im);
  const table = new Float64Array(LENGTH + 1);
  for (let i = 0; i <= LENGTH; i++) table[i] = (re[i % LENGTH] ?? 0) / Math.sqrt(power);
  return table;
}
