import type { CoverageBody } from '@jostle/contracts';
import type { SampleBlock } from './samples.ts';

/** A `CoverageBody` on the monotonic clock, ms. */
export type CoverageSpan = Omit<CoverageBody, 'sensor' | 'startsAt' | 'endsAt'> & {
  startMonoMs: number;
  endMonoMs: number;
};

/**
 * Adds up what the shock channel saw since the last cut. A span reaches from the first sample to the end of the
 * last one, so time without samples is covered by none; spans never overlap, even where blocks do by a jitter.
 */
export class CoverageMeter {
  /** End of what earlier spans or blocks cover, ms. */
  #coveredUntilMs = Number.NEGATIVE_INFINITY;
  /** Start of the open span; null where no sample came since the last cut. */
  #startMs: number | null = null;
  #samples = 0;
  #lostSamples = 0;
  #peakSquared = 0;

  observe(block: SampleBlock): void {
    const { xyz } = block;
    const count = Math.floor(xyz.length / 3);
    if (count === 0) return;
    this.#startMs ??= Math.max(this.#coveredUntilMs, block.startMs);
    this.#coveredUntilMs = Math.max(this.#coveredUntilMs, block.startMs + count * block.periodMs);
    this.#samples += count;
    this.#peakSquared = Math.max(this.#peakSquared, largestSquare(xyz));
  }

  /** Counts samples that the FIFO overran or the bus lost. */
  lose(samples: number): void {
    this.#lostSamples += samples;
  }

  /**
   * Ends the span and begins the next. Null where no sample came: nothing was watched. Samples that were lost in
   * such a time are counted in the next span. Cut also when the chip goes away, so that no span bridges its absence.
   *
   * @param rejectedTriggers how many the detector rejected since the last cut
   */
  cut(rejectedTriggers: number): CoverageSpan | null {
    if (this.#startMs === null) return null;
    const span = {
      startMonoMs: this.#startMs,
      endMonoMs: Math.max(this.#startMs, this.#coveredUntilMs),
      samples: this.#samples,
      lostSamples: this.#lostSamples,
      peakG: Math.sqrt(this.#peakSquared),
      rejectedTriggers,
    };
    this.#startMs = null;
    this.#samples = 0;
    this.#lostSamples = 0;
    this.#peakSquared = 0;
    return span;
  }
}

function largestSquare(xyz: Float32Array): number {
  let largest = 0;
  for (let i = 0; i + 2 < xyz.length; i += 3) {
    const x = xyz[i] as number;
    const y = xyz[i + 1] as number;
    const z = xyz[i + 2] as number;
    const square = x * x + y * y + z * z;
    if (square > largest) largest = square;
  }
  return largest;
}
