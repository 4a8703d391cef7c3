import type { Clock } from '@jostle/contracts';
import { wallTimeOf } from '../../clock/wall-time.ts';
import { type SampleBlock, TiltDetector } from '../../detection/index.ts';
import type { DraftOutlet } from '../draft-outlet.ts';

/** From the samples of one chip to tilt records. */
export class TiltWatch {
  readonly #sensor: string;
  readonly #clock: Clock;
  readonly #drafts: DraftOutlet;
  readonly #detector = new TiltDetector();

  constructor(sensor: string, clock: Clock, drafts: DraftOutlet) {
    this.#sensor = sensor;
    this.#clock = clock;
    this.#drafts = drafts;
  }

  samples(block: SampleBlock): void {
    const tilt = this.#detector.push(block);
    if (tilt === null) return;
    const { startedMonoMs, ...lie } = tilt;
    this.#drafts.add('tilt', {
      sensor: this.#sensor,
      ...lie,
      startedAt: wallTimeOf(this.#clock, startedMonoMs),
    });
  }

  gap(): void {
    this.#detector.gap();
  }
}
