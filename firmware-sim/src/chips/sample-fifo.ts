import { accelerometerNoise } from './accelerometer-noise.ts';
import type { ChipSurroundings, SimulatedChip } from './chip.ts';

/** What differs between two parts of one kind. */
export interface AccelerometerOptions {
  /** Error of the chip's own oscillator, parts per million; it may be 30 000 off. */
  oscillatorErrorPpm?: number;
  /** What each axis reads at 0 g. */
  zeroOffsetG?: readonly [number, number, number];
  /** Seed of the noise; without one the chip is free of noise. */
  noiseSeed?: number;
  /** The mass does not move when the self-test pushes it. */
  isSelfTestDead?: boolean;
}

/** An accelerometer with an interrupt pin. */
export interface InterruptingChip extends SimulatedChip {
  /** Level of INT1 as it is now. */
  isInterruptHigh(): boolean;
}

/** What the FIFO does with a sample that finds it full: drops it, or drops the oldest. One place only is no FIFO. */
export type FifoMode = 'bypass' | 'oldest-kept' | 'newest-kept';

/**
 * The sampling half of an accelerometer: what its mass feels, at its own rate, into its FIFO. Samples are made when they
 * are asked for: only then is it known how many of them the FIFO still holds.
 */
export class SampleFifo {
  /** Triplets of counts that wait, and samples that were lost since the flag was cleared. */
  entries = 0;
  hasOverrun = false;
  readonly #surroundings: ChipSurroundings;
  readonly #options: AccelerometerOptions;
  readonly #densityG: number;
  readonly #toCount: (g: number, axis: number) => number;
  readonly #capacity: number;
  readonly #counts: Int16Array;
  readonly #feltG = new Float64Array(3);
  #noise: (sample: number, axis: number) => number = () => 0;
  #oldest = 0;
  #isRunning = false;
  #startedAt = 0;
  #periodMs = 1;
  /** Samples made since the start of the measurement, lost ones too. */
  #made = 0;

  /**
   * @param capacity triplets that the chip keeps
   * @param densityG noise density of each axis, g/√Hz
   * @param toCount what the chip makes of an acceleration, offset and noise included
   */
  constructor(
    surroundings: ChipSurroundings,
    options: AccelerometerOptions,
    part: { capacity: number; densityG: number; toCount: (g: number, axis: number) => number },
  ) {
    this.#surroundings = surroundings;
    this.#options = options;
    this.#capacity = part.capacity;
    this.#densityG = part.densityG;
    this.#toCount = part.toCount;
    this.#counts = new Int16Array(part.capacity * 3);
  }

  /** Begins to measure; the first sample comes one period after the filters have settled. */
  start(rateHz: number, settleMs = 0): void {
    const { oscillatorErrorPpm = 0, noiseSeed } = this.#options;
    this.#isRunning = true;
    this.#periodMs = 1000 / (rateHz * (1 + oscillatorErrorPpm / 1e6));
    this.#startedAt = this.#surroundings.now() + settleMs;
    this.#made = 0;
    if (noiseSeed !== undefined) this.#noise = accelerometerNoise(noiseSeed, this.#densityG, rateHz);
  }

  stop(): void {
    this.#isRunning = false;
  }

  clear(): void {
    this.entries = 0;
    this.hasOverrun = false;
  }

  /** Makes the samples that fell due since the last time and still have a place. */
  advance(mode: FifoMode): void {
    if (!this.#isRunning) return;
    const due = Math.floor((this.#surroundings.now() - this.#startedAt) / this.#periodMs);
    const fresh = due - this.#made;
    if (fresh <= 0) return;
    const capacity = mode === 'bypass' ? 1 : this.#capacity;
    if (this.entries + fresh > capacity) this.hasOverrun = true;
    if (mode === 'oldest-kept') {
      const taken = Math.min(fresh, capacity - this.entries);
      for (let k = 1; k <= taken; k++) this.#append(this.#made + k, capacity);
    } else {
      for (let k = due - Math.min(fresh, capacity) + 1; k <= due; k++) this.#append(k, capacity);
    }
    this.#made = due;
  }

  /** Count of one axis of the oldest triplet. */
  oldest(axis: number): number {
    return this.#counts[this.#oldest * 3 + axis] ?? 0;
  }

  dropOldest(): void {
    if (this.entries === 0) return;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    this.entries -= 1;
  }

  #append(sample: number, capacity: number): void {
    const felt = this.#feltG;
    this.#surroundings.world.accelerationG(this.#startedAt + sample * this.#periodMs, felt);
    while (this.entries >= capacity) this.dropOldest();
    const slot = ((this.#oldest + this.entries) % this.#capacity) * 3;
    for (let axis = 0; axis < 3; axis++) {
      const g = (felt[axis] ?? 0) + (this.#options.zeroOffsetG?.[axis] ?? 0) + this.#noise(sample, axis);
      this.#counts[slot + axis] = this.#toCount(g, axis);
    }
    this.entries += 1;
  }
}

/** The nearest count of a converter with `bits` bits. */
export function quantised(g: number, countG: number, bits: number): number {
  const end = 2 ** (bits - 1);
  return Math.max(-end, Math.min(end - 1, Math.round(g / countG)));
}
