import type { Clock } from '@jostle/contracts';
import { wallTimeOf } from '../../clock/wall-time.ts';
import { type SampleBlock, TiltDetector } from '../../detection/index.ts';
import type { DraftOutlet } from '../draft-outlet.ts';

/** From the samples of one chip to tilt records. */
export class TiltWatch {
  readonly #sensor: string;
  readonly #isCalibrated: boolean;
  readonly #clock: Clock;
  readonly #drafts: DraftOutlet;
  readonly #detector = new TiltDetector();

  /** @param isCalibrated whether the axes of the samples are those of the parcel */
  constructor(sensor: string, isCalibrated: boolean, clock: Clock, drafts: DraftOutlet) {
    this.#isCalibrated = isCalibrated;
    this.#sensor = sensor;
    this.#clock = clock;
    this.#drafts = drafts;
  }

  samples(block: SampleBlock): void {
    const tilt = this.#detector.push(block);
    if (tilt === null) return;
    const { upFace, tiltDeg, startedMonoMs } = tilt;
    this.#drafts.add('tilt', {
      sensor: this.#sensor,
      upFace: this.#isCalibrated ? upFace : null,
      tiltDeg: this.#isCalibrated ? tiltDeg : null,
      startedAt: wallTimeOf(this.#clock, startedMonoMs),
    });
  }

  gap(): void {
    this.#detector.gap();
  }
}
