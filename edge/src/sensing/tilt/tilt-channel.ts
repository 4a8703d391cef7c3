import type { Clock, FaultBody } from '@jostle/contracts';
import { isCalibrated } from '../../calibration/calibration.ts';
import type { SampleBlock } from '../../detection/index.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import type { DraftOutlet } from '../draft-outlet.ts';
import type { TiltChip } from '../sensing-config.ts';
import { SensorFault } from '../sensor-fault.ts';
import { sensorName } from '../sensor-name.ts';
import { FifoRecorder, type RecorderListener } from '../shock/fifo-recorder.ts';
import { tiltFifo } from '../shock/shock-chips.ts';
import { TiltWatch } from './tilt-watch.ts';

/** A chip that does nothing but tell how the parcel lies. */
export class TiltChannel implements RecorderListener {
  readonly sensor: string;
  /** Who else sees the samples, while somebody looks at them; set and cleared by the worker's answers. */
  watcher: Pick<RecorderListener, 'samples' | 'gap'> | null = null;
  readonly #watch: TiltWatch;
  readonly #fault: SensorFault;
  readonly #recorder: FifoRecorder;

  constructor(config: TiltChip, bus: BusQueue, clock: Clock, drafts: DraftOutlet) {
    const { address, calibration } = config;
    this.sensor = sensorName(config);
    this.#watch = new TiltWatch(this.sensor, isCalibrated(calibration), clock, drafts);
    this.#fault = new SensorFault(this.sensor, drafts);
    const chip = tiltFifo(config);
    this.#recorder = new FifoRecorder({ chip, bus, clock, address, calibration, listener: this });
  }

  /** What is wrong, in words; null where samples come. */
  get fault(): string | null {
    return this.#fault.inWords;
  }

  /** Resolves with whether the chip is there; it is looked for again while it is not. */
  start(): Promise<boolean> {
    return this.#recorder.start();
  }

  stop(): Promise<void> {
    return this.#recorder.stop();
  }

  samples(block: SampleBlock): void {
    this.#watch.samples(block);
    this.watcher?.samples(block);
  }

  gap(lostSamples: number): void {
    this.#watch.gap();
    this.watcher?.gap(lostSamples);
  }

  lost(reason: FaultBody['reason'], detail: string): void {
    this.#watch.gap();
    this.#fault.raise(reason, detail);
  }

  found(): void {
    this.#fault.clear('samples come again');
  }
}
