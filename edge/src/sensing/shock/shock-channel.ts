import type { Clock, FaultBody } from '@jostle/contracts';
import { wallTimeOf } from '../../clock/wall-time.ts';
import {
  CoverageMeter,
  type SampleBlock,
  ShockDetector,
  type ShockObservation,
} from '../../detection/index.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import { Adxl375Recorder, type RecorderListener } from '../adxl375/recorder.ts';
import { COUNT_G, RANGE_G } from '../adxl375/registers.ts';
import type { DraftOutlet } from '../draft-outlet.ts';
import type { ShockChip } from '../sensing-config.ts';
import { SensorFault } from '../sensor-fault.ts';
import { sensorName } from '../sensor-name.ts';

/** Spans nearer to each other than this meet: the wall clock is slewed by up to 30 ms a minute (adjtimex(2), 500 ppm). */
const SLEW_MAX_MS = 100;

/** From the samples of the shock chip to records: events at once, coverage at each cut. */
export class ShockChannel implements RecorderListener {
  readonly sensor: string;
  readonly #clock: Clock;
  readonly #drafts: DraftOutlet;
  readonly #fault: SensorFault;
  readonly #detector: ShockDetector;
  readonly #coverage = new CoverageMeter();
  readonly #recorder: Adxl375Recorder;
  /** Wall time at which the last span ended, ms. */
  #coveredUntil = Number.NEGATIVE_INFINITY;

  constructor(chip: ShockChip, bus: BusQueue, clock: Clock, drafts: DraftOutlet) {
    this.sensor = sensorName(chip);
    this.#clock = clock;
    this.#drafts = drafts;
    this.#fault = new SensorFault(this.sensor, drafts);
    this.#detector = new ShockDetector({
      rangeG: RANGE_G,
      countG: COUNT_G,
      triggerG: chip.triggerG,
      storage: chip.storage,
    });
    this.#recorder = new Adxl375Recorder({
      bus,
      clock,
      address: chip.address,
      calibration: chip.calibration,
      listener: this,
    });
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
    });
    this.#coveredUntil = endsAt;
  }

  samples(block: SampleBlock): void {
    this.#coverage.observe(block);
    this.#record(this.#detector.push(block));
  }

  gap(lostSamples: number): void {
    this.#coverage.lose(lostSamples);
    this.#record(this.#detector.gap());
  }

  /** The span ends here: none may bridge a time in which nothing was watched. */
  lost(reason: FaultBody['reason'], detail: string): void {
    this.#record(this.#detector.gap());
    this.cut();
    this.#fault.raise(reason, detail);
  }

  found(): void {
    this.#fault.clear('samples come again');
  }

  #record(observations: ShockObservation[]): void {
    for (const { impactMonoMs, ...shock } of observations) {
      const impactAt = wallTimeOf(this.#clock, impactMonoMs);
      this.#drafts.add('shock', { sensor: this.sensor, impactAt, ...shock });
    }
  }
}
