import type { Clock, FaultBody } from '@jostle/contracts';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { type Refusal, refusal } from '../calibration/refusal.ts';
import { REST_MS, type RestSamples } from '../calibration/rest-level.ts';
import type { SampleBlock } from '../detection/index.ts';
import { BusQueue } from '../io/bus-queue.ts';
import type { I2cTransport } from '../io/transport.ts';
import type { FifoChip } from '../sensing/shock/fifo-chip.ts';
import { FifoRecorder, type RecorderListener } from '../sensing/shock/fifo-recorder.ts';

const SLICE_MS = 100;

/** An accelerometer as it reads, without any calibration, for some seconds at a time. */
export class RestSampler implements RecorderListener {
  readonly #recorder: FifoRecorder;
  readonly #rangeG: number;
  /** Those of the rest that is being taken; emptied by `take`. */
  #blocks: SampleBlock[] = [];
  #lostSamples = 0;
  /** Why no samples come; null while they do. */
  #absence: string | null = 'no sample came';

  constructor(transport: I2cTransport, clock: Clock, chip: FifoChip, address: number) {
    const bus = new BusQueue(transport);
    this.#rangeG = chip.rangeG;
    this.#recorder = new FifoRecorder({
      chip,
      bus,
      clock,
      address,
      calibration: UNCALIBRATED,
      listener: this,
    });
    // Not awaited: the chip is looked for again while it is absent, and simulated time passes only in `take`.
    void this.#recorder.start();
  }

  /** What comes within the time of a rest; refused where the chip is away. `progress` is told shares up to 1. */
  async take(
    pass: (ms: number) => Promise<void>,
    progress: (share: number) => void,
  ): Promise<RestSamples | Refusal> {
    this.#blocks = [];
    this.#lostSamples = 0;
    for (let ms = 0; ms < REST_MS; ms += SLICE_MS) {
      await pass(SLICE_MS);
      progress((ms + SLICE_MS) / REST_MS);
    }
    if (this.#absence !== null)
      return refusal(
        'absent',
        this.#absence,
        'Check cable, supply and address, and run `jostle-edge doctor`.',
      );
    return {
      xyz: joined(this.#blocks.map(({ xyz }) => xyz)),
      periodMs: this.#blocks.at(-1)?.periodMs ?? 1,
      lostSamples: this.#lostSamples,
      rangeG: this.#rangeG,
    };
  }

  /** The transport stays open. */
  close(): Promise<void> {
    return this.#recorder.stop();
  }

  samples(block: SampleBlock): void {
    this.#blocks.push(block);
  }

  gap(lostSamples: number): void {
    this.#lostSamples += lostSamples;
  }

  lost(reason: FaultBody['reason'], detail: string): void {
    this.#absence = `${reason}: ${detail}`;
    this.#lostSamples += 1;
  }

  found(): void {
    this.#absence = null;
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
