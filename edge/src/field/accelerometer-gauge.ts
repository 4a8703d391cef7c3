import type { FaultBody } from '@jostle/contracts';
import { type ClipLimits, clipLimits, type SampleBlock } from '../detection/index.ts';
import type { FifoChip } from '../sensing/shock/fifo-chip.ts';
import type { RecorderListener } from '../sensing/shock/fifo-recorder.ts';
import type { Accelerometer } from './accelerometers.ts';
import type { AccelerometerGlance } from './glance.ts';

/** What the gauge must know of the chip that it looks at. */
export type GaugedChip = Pick<Accelerometer, 'role' | 'sensor' | 'calibration'> & {
  fifo: Pick<FifoChip, 'rangeG' | 'countG' | 'rateHz'>;
};

/** Peak, mean and spread of the samples between two looks. */
export class AccelerometerGauge implements RecorderListener {
  readonly #chip: GaugedChip;
  /** Where the range of the chip ends along the axes of the samples. */
  readonly #clip: ClipLimits;
  #samples = 0;
  #lostSamples = 0;
  #peakG = 0;
  #isClipped = false;
  #rateHz: number | null = null;
  #fault: string | null = null;
  /** Sums of each axis, and of the squares of all; since the last look. */
  readonly #sums = new Float64Array(3);
  #squares = 0;

  constructor(chip: GaugedChip) {
    this.#chip = chip;
    this.#clip = clipLimits(chip.fifo.rangeG, chip.fifo.countG, chip.calibration);
  }

  samples({ xyz, periodMs }: SampleBlock): void {
    const { low, high } = this.#clip;
    this.#rateHz = 1000 / periodMs;
    for (let i = 0; i + 2 < xyz.length; i += 3) {
      const x = xyz[i] ?? 0;
      const y = xyz[i + 1] ?? 0;
      const z = xyz[i + 2] ?? 0;
      const square = x * x + y * y + z * z;
      this.#samples += 1;
      this.#squares += square;
      this.#sums[0] = (this.#sums[0] ?? 0) + x;
      this.#sums[1] = (this.#sums[1] ?? 0) + y;
      this.#sums[2] = (this.#sums[2] ?? 0) + z;
      this.#peakG = Math.max(this.#peakG, Math.sqrt(square));
      this.#isClipped ||= x <= low.x || x >= high.x || y <= low.y || y >= high.y || z <= low.z || z >= high.z;
    }
  }

  gap(lostSamples: number): void {
    this.#lostSamples += lostSamples;
  }

  lost(reason: FaultBody['reason'], detail: string): void {
    this.#fault = `${reason}: ${detail}`;
  }

  found(): void {
    this.#fault = null;
  }

  /** What came since the last call. */
  take(): AccelerometerGlance {
    const n = this.#samples;
    const [x = 0, y = 0, z = 0] = this.#sums;
    const meanG = n === 0 ? null : ([x / n, y / n, z / n] as const);
    const spread = meanG === null ? 0 : this.#squares / n - Math.hypot(...meanG) ** 2;
    const glance: AccelerometerGlance = {
      kind: this.#chip.role,
      sensor: this.#chip.sensor,
      samples: n,
      lostSamples: this.#lostSamples,
      peakG: n === 0 ? null : this.#peakG,
      isClipped: this.#isClipped,
      meanG,
      unrestG: Math.sqrt(Math.max(0, spread)),
      rateHz: this.#rateHz,
      nominalHz: this.#chip.fifo.rateHz,
      fault: this.#fault,
    };
    this.#samples = 0;
    this.#lostSamples = 0;
    this.#peakG = 0;
    this.#isClipped = false;
    this.#sums.fill(0);
    this.#squares = 0;
    return glance;
  }
}
