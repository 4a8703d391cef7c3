import type { Clock } from '@jostle/contracts';
import { wallTimeOf } from '../../clock/wall-time.ts';
import { ExcursionDetector, type ExcursionObservation } from '../../detection/index.ts';
import type { DraftOutlet } from '../draft-outlet.ts';
import type { ClimateLimit } from '../sensing-config.ts';
import type { ClimateReading } from './board.ts';

/** All climate limits of one sensor. */
export class ExcursionWatch {
  readonly #sensor: string;
  readonly #clock: Clock;
  readonly #drafts: DraftOutlet;
  readonly #watched: { quantity: ClimateLimit['quantity']; detector: ExcursionDetector }[];

  constructor(sensor: string, limits: readonly ClimateLimit[], clock: Clock, drafts: DraftOutlet) {
    this.#sensor = sensor;
    this.#clock = clock;
    this.#drafts = drafts;
    this.#watched = limits.map((limit) => ({
      quantity: limit.quantity,
      detector: new ExcursionDetector(limit),
    }));
  }

  /** Takes a reading that was read from the chip at `atMono`, ms; records excursions that it opens or closes. */
  push(atMono: number, reading: ClimateReading): void {
    for (const { quantity, detector } of this.#watched) {
      const value = quantity === 'temperature' ? reading.temperatureC : reading.relativeHumidityPct;
      if (value === undefined) continue;
      const excursion = detector.push(atMono, value);
      if (excursion !== null) this.#record(excursion);
    }
  }

  /** Values are missing before the next reading. */
  gap(): void {
    for (const { detector } of this.#watched) detector.gap();
  }

  #record({ startedMonoMs, endedMonoMs, ...excursion }: ExcursionObservation): void {
    this.#drafts.add('excursion', {
      sensor: this.#sensor,
      startedAt: wallTimeOf(this.#clock, startedMonoMs),
      endedAt: endedMonoMs === null ? null : wallTimeOf(this.#clock, endedMonoMs),
      startedMonotonicMs: Math.round(startedMonoMs),
      ...excursion,
    });
  }
}
