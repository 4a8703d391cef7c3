import type { Clock, FaultBody } from '@jostle/contracts';
import { isCalibrated } from '../../calibration/calibration.ts';
import { wallTimeOf } from '../../clock/wall-time.ts';
import {
  CoverageMeter,
  impactOrientation,
  type SampleBlock,
  ShockDetector,
  type ShockObservation,
} from '../../detection/index.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import type { DraftOutlet } from '../draft-outlet.ts';
import type { ShockChip } from '../sensing-config.ts';
import { SensorFault } from '../sensor-fault.ts';
import { sensorName } from '../sensor-name.ts';
import type { TiltWatch } from '../tilt/tilt-watch.ts';
import { FifoRecorder, type RecorderListener } from './fifo-recorder.ts';
import { shockFifo } from './shock-chips.ts';

/** Spans nearer to each other than this meet: the wall clock is slewed by up to 30 ms a minute (adjtimex(2), 500 ppm). */
const SLEW_MAX_MS = 100;

/** From the samples of the shock chip to records: events at once, coverage at each cut. */
export class ShockChannel implements RecorderListener {
  readonly sensor: string;
  /** Who else sees the samples, while somebody looks at them; set and cleared by the worker's answers. */
  watcher: Pick<RecorderListener, 'samples' | 'gap'> | null = null;
  readonly #clock: Clock;
  readonly #drafts: DraftOutlet;
  /** The axes of the samples are those of the parcel. */
  readonly #isCalibrated: boolean;
  readonly #fault: SensorFault;
  readonly #detector: ShockDetector;
  readonly #coverage = new CoverageMeter();
  readonly #recorder: FifoRecorder;
  readonly #tilt: TiltWatch | null;
  /** Names the calibration in the records; empty where there is none. */
  readonly #calibrated: { calibrationId?: string };
  /** Wall time at which the last span ended, ms. */
  #coveredUntil = Number.NEGATIVE_INFINITY;

  /** @param tilt follows the same samples; null where this chip is not to tell the tilt */
  constructor(
    config: ShockChip,
    bus: BusQueue,
    clock: Clock,
    drafts: DraftOutlet,
    tilt: TiltWatch | null = null,
  ) {
    const { address, calibration, triggerG, storage } = config;
    const chip = shockFifo(config);
    this.sensor = sensorName(config);
    this.#tilt = tilt;
    this.#isCalibrated = isCalibrated(calibration);
    this.#calibrated = this.#isCalibrated ? { calibrationId: calibration.id } : {};
    this.#clock = clock;
    this.#drafts = drafts;
    this.#fault = new SensorFault(this.sensor, drafts);
    const { rangeG, countG } = chip;
    this.#detector = new ShockDetector({ rangeG, countG, calibration, triggerG, storage });
    this.#recorder = new FifoRecorder({ chip, bus, clock, address, calibration, listener: this });
  }

  /** The chip says that its FIFO has filled. */
  interrupt(): void {
    this.#recorder.interrupt();
  }

  /** What is wrong, in words; null where samples come. */
  get fault(): string | null {
    return this.#fault.inWords;
  }

  /** Resolves with whether the chip is there; it is looked for again while it is not. */
  start(): Promise<boolean> {
    return this.#recorder.start();
  }

  /** Takes what is in the chip, closes an open event and ends the span. */
  async stop(): Promise<void> {
    await this.#recorder.stop();
    this.#record(this.#detector.flush());
    this.cut();
  }

  /** Ends the coverage span and begins the next. */
  cut(): void {
    const span = this.#coverage.cut(this.#detector.takeRejectedTriggers());
    if (span === null) return;
    const { startMonoMs, endMonoMs, ...seen } = span;
    const startsAt = wallTimeOf(this.#clock, startMonoMs);
    const endsAt = wallTimeOf(this.#clock, endMonoMs);
    const isNext = Math.abs(startsAt - this.#coveredUntil) < SLEW_MAX_MS;
    this.#drafts.add('coverage', {
      sensor: this.sensor,
      startsAt: isNext ? this.#coveredUntil : startsAt,
      endsAt,
      ...seen,
      ...this.#calibrated,
    });
    this.#coveredUntil = endsAt;
  }

  samples(block: SampleBlock): void {
    this.#coverage.observe(block);
    this.#record(this.#detector.push(block));
    this.#tilt?.samples(block);
    this.watcher?.samples(block);
  }

  gap(lostSamples: number): void {
    this.#coverage.lose(lostSamples);
    this.#record(this.#detector.gap());
    this.#tilt?.gap();
    this.watcher?.gap(lostSamples);
  }

  /** The span ends here: none may bridge a time in which nothing was watched. */
  lost(reason: FaultBody['reason'], detail: string): void {
    this.#record(this.#detector.gap());
    this.#tilt?.gap();
    this.cut();
    this.#fault.raise(reason, detail);
  }

  found(): void {
    this.#fault.clear('samples come again');
  }

  #record(observations: ShockObservation[]): void {
    for (const { impactMonoMs, velocityChange, ...shock } of observations) {
      const impactAt = wallTimeOf(this.#clock, impactMonoMs);
      const orientation = impactOrientation(velocityChange, shock.clipped, this.#isCalibrated);
      this.#drafts.add('shock', {
        sensor: this.sensor,
        impactAt,
        ...shock,
        impactOrientation: orientation,
        ...this.#calibrated,
      });
    }
  }
}
