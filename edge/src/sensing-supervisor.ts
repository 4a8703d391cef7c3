import { Worker } from 'node:worker_threads';
import { type Clock, type RecordDraft, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { FromSensing, SensorQuestion, ToSensing } from './sensing/protocol.ts';

const RESTART_PLAN: RetryPlan = { firstMs: 500, maxMs: 60_000, factor: 2 };
const CHECK_MS = 1_000;
/** A worker sends a heartbeat every 2 s; one that is still loading gets longer. */
const HUNG_AFTER_MS = 10_000;
const LOADING_MS = 60_000;
const STOP_MS = 2_000;
/** What a sample leaves behind is garbage at once: more room for it only keeps more memory (24 MB by default). */
const YOUNG_GENERATION_MB = 4;

/** Answers to questions, which are asked by `tell`. */
export type SensingAnswer = Extract<FromSensing, { type: 'scanned' | 'glances' }>;

export interface SupervisorOptions {
  /** Entry in JavaScript: it registers its own loader. */
  workerUrl: URL;
  /** Asked at each start, because a restarted worker goes on where the outbox ends. */
  workerData: () => unknown;
  /** The boot that `clock` belongs to; a worker with a clock of its own announces another one. */
  bootId: string;
  clock: Clock;
  log: Logger;
  /** Called each time a worker has found its sensors. */
  ready(): void;
  /** Takes what was measured. `bootId` names the origin of the monotonic times. */
  records(drafts: readonly RecordDraft[], bootId: string): void;
  /** Takes what the worker answers to a question. */
  answered(answer: SensingAnswer): void;
  /** How long a worker may be silent once it has spoken, ms; default 10 s. */
  hungAfterMs?: number;
}

/**
 * Keeps the hardware worker running: it is started again when it dies, and when its bus hangs, which only the
 * absence of its heartbeat shows.
 */
export class SensingSupervisor {
  readonly #options: SupervisorOptions;
  #worker: Worker | undefined;
  #sensors: string[] = [];
  #isHungRaised = false;
  #restarts = 0;
  /** Monotonic ms at which the worker counts as hung; put off by each of its messages. */
  #deadline = 0;
  /** Monotonic ms of the worker's last word, or of its start; null from a failure that it told of to its next word. */
  #heardAt: number | null;
  #onStopped: (() => void) | undefined;
  #isStopping = false;
  #restartTimer: NodeJS.Timeout | undefined;
  readonly #checkTimer: NodeJS.Timeout;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#heardAt = options.clock.monotonicMs();
    this.#checkTimer = setInterval(() => this.#check(), CHECK_MS);
    this.#start();
  }

  /** What the worker found at its start. */
  get sensors(): readonly string[] {
    return this.#sensors;
  }

  /** How long the worker has said nothing, ms; null after a failure that it told of, until its successor speaks. */
  get silenceMs(): number | null {
    return this.#heardAt === null ? null : this.#options.clock.monotonicMs() - this.#heardAt;
  }

  /** Asks the worker; while there is none nothing is answered. */
  tell(question: SensorQuestion): void {
    this.#worker?.postMessage(question);
  }

  /** Lets the worker send what it has measured, and ends it; resolves within 2 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#checkTimer);
    clearTimeout(this.#restartTimer);
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STOP_MS);
      this.#onStopped = () => {
        clearTimeout(timer);
        resolve();
      };
      worker.postMessage({ type: 'stop' } satisfies ToSensing);
    });
    this.#worker = undefined;
    await worker.terminate();
  }

  #start(): void {
    const { workerUrl, workerData, clock, log } = this.#options;
    // Of this worker's records.
    let { bootId } = this.#options;
    const worker = new Worker(workerUrl, {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      workerData: workerData(),
    });
    this.#worker = worker;
    this.#deadline = clock.monotonicMs() + LOADING_MS;
    worker.on('message', (message: FromSensing) => {
      if (message.type === 'boot') bootId = message.bootId;
      if (worker === this.#worker) this.#receive(message, bootId);
    });
    worker.on('error', (error) => log.error({ err: error }, 'hardware worker failed'));
    worker.on('exit', (code) => {
      if (worker !== this.#worker) return;
      this.#heardAt = null;
      this.#lost(`exited with code ${code}`);
    });
  }

  #receive(message: FromSensing, bootId: string): void {
    const { clock, log, hungAfterMs = HUNG_AFTER_MS } = this.#options;
    if (message.type === 'scanned' || message.type === 'glances') {
      // No sign of life: a look at the sensors is answered though the bus hangs.
      this.#options.answered(message);
      return;
    }
    this.#heardAt = clock.monotonicMs();
    this.#deadline = this.#heardAt + hungAfterMs;
    if (message.type === 'ready') {
      this.#sensors = message.sensors;
      this.#restarts = 0;
      log.info({ sensors: message.sensors }, 'hardware worker is ready');
      this.#options.ready();
      if (this.#isHungRaised) this.#fault(false, 'the hardware worker is back');
    } else if (message.type === 'records') this.#options.records(message.drafts, bootId);
    else if (message.type === 'failed')
      log.error({ code: message.code, reason: message.message }, 'hardware worker failed');
    else if (message.type === 'stopped') this.#onStopped?.();
  }

  #check(): void {
    const worker = this.#worker;
    if (worker === undefined || this.#options.clock.monotonicMs() < this.#deadline) return;
    this.#heardAt ??= this.#options.clock.monotonicMs();
    this.#lost('no heartbeat');
    void worker.terminate();
  }

  #lost(detail: string): void {
    this.#worker = undefined;
    this.#onStopped?.();
    if (this.#isStopping) return;
    this.#options.log.error({ detail }, 'hardware worker is lost; starting it again');
    if (!this.#isHungRaised) this.#fault(true, detail);
    const delay = retryDelayMs(RESTART_PLAN, this.#restarts, Math.random());
    this.#restarts += 1;
    this.#restartTimer = setTimeout(() => this.#start(), delay);
  }

  #fault(isRaised: boolean, detail: string): void {
    this.#isHungRaised = isRaised;
    const { clock } = this.#options;
    const fault: RecordDraft = {
      kind: 'fault',
      measuredAt: Math.round(clock.wallMs()),
      monotonicMs: Math.round(clock.monotonicMs()),
      clockQuality: clock.quality(),
      body: { sensor: 'hardware-worker', isRaised, reason: 'hung', detail },
    };
    this.#options.records([fault], this.#options.bootId);
  }
}
