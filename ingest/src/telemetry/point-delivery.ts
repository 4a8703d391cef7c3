import { type Clock, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { Logger } from 'pino';
import { Quarantine } from '../inbox/quarantine.ts';
import type { Store } from '../store/store.ts';
import type { PointPlace, TelemetryPoint, TelemetryStore, WriteOutcome } from './telemetry-store.ts';

const RETRY: RetryPlan = { firstMs: 500, maxMs: 60_000, factor: 2 };
/** How often a refusal is tried again that only a person can change. */
const REFUSED_RETRY_MS = 30_000;

export interface PointDeliveryOptions {
  store: Store;
  telemetry: TelemetryStore;
  clock: Clock;
  random: () => number;
  log: Logger;
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends every wait. */
  stopping: AbortSignal;
}

type Settled = Extract<WriteOutcome, { kind: 'written' | 'invalid' | 'too-large' }>;

/** Brings points to the telemetry store however long that takes; what it can never take is set aside. */
export class PointDelivery {
  readonly #options: PointDeliveryOptions;
  // Set by `report` and ended by the next write that succeeds.
  #outage: { reason: string; level: 'warn' | 'error' } | null = null;

  constructor(options: PointDeliveryOptions) {
    this.#options = options;
  }

  /** Why nothing can be written at present; null while all is well. */
  get problem(): string | null {
    return this.#outage?.reason ?? null;
  }

  /** @returns whether everything is written or in quarantine; false where the writer was stopped before */
  async deliver(points: readonly TelemetryPoint[]): Promise<boolean> {
    const [first] = points;
    if (first === undefined) return true;
    const outcome = await this.#untilSettled(() => this.#options.telemetry.write(points));
    if (outcome === undefined) return false;
    if (outcome.kind === 'written') return true;
    if (points.length === 1) {
      await this.#setAside(
        first,
        outcome.kind === 'invalid' ? outcome.reason : 'the point alone is too large',
      );
      return true;
    }
    const middle = points.length >> 1;
    return (await this.deliver(points.slice(0, middle))) && (await this.deliver(points.slice(middle)));
  }

  /** A store that refuses to remove keeps the points: that is said, and the line goes on. */
  async remove(points: readonly PointPlace[]): Promise<boolean> {
    if (points.length === 0) return true;
    const outcome = await this.#untilSettled(() => this.#options.telemetry.remove(points));
    if (outcome === undefined) return false;
    if (outcome.kind !== 'written') {
      const reason = outcome.kind === 'too-large' ? 'too large' : outcome.reason;
      this.#options.log.warn(
        { points: points.length, reason },
        'points stay where they were before their correction',
      );
    }
    return true;
  }

  /** Logs the start of an outage and that it got worse, not its every repetition. */
  report(reason: string, level: 'warn' | 'error'): void {
    const isWorse = level === 'error' && this.#outage?.level === 'warn';
    if (this.#outage === null || isWorse) this.#options.log[level]({ reason }, 'telemetry cannot be written');
    this.#outage = { reason, level: this.#outage?.level === 'error' ? 'error' : level };
  }

  /** Tries for ever where trying helps. @returns undefined where the writer was stopped */
  async #untilSettled(attempt: () => Promise<WriteOutcome>): Promise<Settled | undefined> {
    const { stopping, log } = this.#options;
    for (let attempts = 0; !stopping.aborted; attempts++) {
      const outcome = await attempt();
      if (outcome.kind === 'retry' || outcome.kind === 'refused') {
        await this.#backOff(outcome, attempts);
        continue;
      }
      if (this.#outage !== null) log.info('telemetry is written again');
      this.#outage = null;
      return outcome;
    }
    return undefined;
  }

  async #backOff(
    outcome: Extract<WriteOutcome, { kind: 'retry' | 'refused' }>,
    attempts: number,
  ): Promise<void> {
    const { pause, random, stopping } = this.#options;
    const isRefusal = outcome.kind === 'refused';
    this.report(outcome.reason, isRefusal ? 'error' : 'warn');
    const ms = isRefusal
      ? REFUSED_RETRY_MS
      : Math.max(retryDelayMs(RETRY, attempts, random()), outcome.afterMs ?? 0);
    await pause(ms, stopping);
  }

  async #setAside(point: TelemetryPoint, reason: string): Promise<void> {
    const { store, clock, log } = this.#options;
    const { deviceId, epoch, seq } = point;
    const raw = Buffer.from(JSON.stringify(point));
    const origin = { deviceId, topic: 'telemetry', receivedAt: clock.wallMs(), epoch };
    const reject = { code: 'INGEST_TELEMETRY_REFUSED', reason, raw, seqs: [seq, seq] } as const;
    const { overflow } = await store.db
      .transaction()
      .execute((trx) => new Quarantine(trx).add(origin, [reject]));
    log.warn(
      { code: reject.code, deviceId, seq, reason, isKept: overflow === 0 },
      'point was refused for good',
    );
  }
}
