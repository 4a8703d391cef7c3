import type { Clock } from '@jostle/contracts';
import type { SensorQuestion } from '../sensing/protocol.ts';
import type { SensingAnswer } from '../sensing-supervisor.ts';
import type { ScanRow } from './bus-scan.ts';
import type { SensorGlance } from './glance.ts';

/** How often whoever follows gets a frame, ms. */
const FRAME_MS = 1000;
/** A scan takes a fraction of a second; a worker that needs longer hangs or is being started again. */
const SCAN_MS = 5_000;

/** One second of the agent's own sampling. */
export interface GlanceFrame {
  /** Wall time of the sensors, ms since the epoch. */
  atMs: number;
  /** Empty while the hardware worker does not answer. */
  glances: SensorGlance[];
}

export interface SensorQuestionsOptions {
  clock: Clock;
  /** Asks the hardware worker; it answers through `receive`, or never. */
  ask(question: SensorQuestion): void;
}

/** Asks the hardware worker on behalf of everybody who looks at the sensors: however many look, it is asked once. */
export class SensorQuestions {
  readonly #options: SensorQuestionsOptions;
  readonly #followers = new Set<(frame: GlanceFrame) => void>();
  readonly #scans = new Set<(rows: ScanRow[] | null) => void>();
  #looking: NodeJS.Timeout | undefined;
  /** The last question has no answer yet. */
  #isUnanswered = false;
  /** The first answer only says what was before anybody looked. */
  #isFirst = true;

  constructor(options: SensorQuestionsOptions) {
    this.#options = options;
  }

  receive(answer: SensingAnswer): void {
    if (answer.type === 'scanned') for (const done of this.#scans) done(answer.rows);
    else {
      this.#isUnanswered = false;
      if (!this.#isFirst) this.#show({ atMs: answer.atMs, glances: answer.glances });
      this.#isFirst = false;
    }
  }

  /** Who is on the bus; null where the worker does not answer. */
  scan(): Promise<ScanRow[] | null> {
    return new Promise((resolve) => {
      const done = (rows: ScanRow[] | null) => {
        clearTimeout(timer);
        this.#scans.delete(done);
        resolve(rows);
      };
      const timer = setTimeout(() => done(null), SCAN_MS);
      this.#scans.add(done);
      if (this.#scans.size === 1) this.#options.ask({ type: 'scan' });
    });
  }

  /** Shows a frame once a second until the function is called that it returns. */
  follow(show: (frame: GlanceFrame) => void): () => void {
    this.#followers.add(show);
    this.#looking ??= this.#look();
    return () => {
      this.#followers.delete(show);
      if (this.#followers.size === 0) this.#lookAway();
    };
  }

  /** Nobody is answered any more. */
  close(): void {
    this.#followers.clear();
    this.#lookAway();
    for (const done of this.#scans) done(null);
  }

  #look(): NodeJS.Timeout {
    this.#isFirst = true;
    this.#isUnanswered = false;
    this.#ask();
    return setInterval(() => {
      if (this.#isUnanswered) this.#show({ atMs: this.#options.clock.wallMs(), glances: [] });
      this.#ask();
    }, FRAME_MS);
  }

  #ask(): void {
    this.#isUnanswered = true;
    this.#options.ask({ type: 'glance' });
  }

  #show(frame: GlanceFrame): void {
    for (const show of this.#followers) show(frame);
  }

  #lookAway(): void {
    if (this.#looking === undefined) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#options.ask({ type: 'unwatch' });
  }
}
