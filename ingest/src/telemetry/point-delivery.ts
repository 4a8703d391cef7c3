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

/** The code under which a point lies in quarantine. */
export const REFUSED = 'INGEST_TELEMETRY_REFUSED';

export interface RefusedPoint {
  point: TelemetryPoint;
  reason: string;
}

type Settled = Extract<WriteOutcome, { kind: 'written' | 'invalid' | 'too-large' }>;

/** Brings points to the telemetry store however long that takes; what it can never take is set aside. */
export class PointDelivery {
  readonly #options: PointDeliveryOptions;
  // Set by `report` and ended by the next write that succeeds.
  #outage: { reason: string; level: 'warn' | 'error' } | null = null;

  #tooOld = 0;

  constructor(options: PointDeliveryOptions) {
    this.#options = options;
  }

  /** Why nothing can be written at present; null while all is well. */
  get problem(): string | null {
    return this.#outage?.reason ?? null;
  }

  /** Points so far that the store took and dropped for their age. */
  get tooOld(): number {
    return this.#tooOld;
  }

  /** @returns what is in quarantine now instead of written; undefined where the writer was stopped before */
  async deliver(points: readonly TelemetryPoint[]): Promise<readonly RefusedPoint[] | undefined> {
    const refused: RefusedPoint[] = [];
    if (!(await this.#write(points, refused))) return undefined;
    if (refused.length > 0) await this.#setAside(refused);
    return refused;
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

  /** @param refused what the store can never take is added to it */
  async #write(points: readonly TelemetryPoint[], refused: RefusedPoint[]): Promise<boolean> {
    const [first] = points;
    if (first === undefined) return true;
    const outcome = await this.#untilSettled(() => this.#options.telemetry.write(points));
    if (outcome === undefined) return false;
    if (outcome.kind === 'written') this.#noteTooOld(outcome.tooOld ?? 0);
    else if (points.length === 1) {
      const reason = outcome.kind === 'invalid' ? outcome.reason : 'the point alone is too large';
      refused.push({ point: first, reason });
    } else {
      const middle = points.length >> 1;
      return (
        (await this.#write(points.slice(0, middle), refused)) &&
        (await this.#write(points.slice(middle), refused))
      );
    }
    return true;
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

  /** Once: a backlog of such points would say it thousands of times. */
  #noteTooOld(points: number): void {
    const isFirst = this.#tooOld === 0;
    this.#tooOld += points;
    if (points === 0 || !isFirst) return;
    this.#options.log.warn(
      { code: 'INGEST_TELEMETRY_TOO_OLD', points },
      'points are older than InfluxDB keeps any: curves do not show them, the inbox has them as long as any',
    );
  }

  async #setAside(refused: readonly RefusedPoint[]): Promise<void> {
    const { store, clock, log } = this.#options;
    const receivedAt = clock.wallMs();
    const overflow = await store.db.transaction().execute(async (trx) => {
      const quarantine = new Quarantine(trx);
      let beyond = 0;
      for (const { point, reason } of refused) {
        const { deviceId, epoch, seq } = point;
        const raw = rawOf(point);
        const reject = { code: REFUSED, reason, raw, seqs: [seq, seq] } as const;
        beyond += (await quarantine.add({ deviceId, topic: 'telemetry', receivedAt, epoch }, [reject]))
          .overflow.length;
      }
      return beyond;
    });
    const [first] = refused;
    const { deviceId, seq } = first?.point ?? {};
    log.warn(
      { code: REFUSED, points: refused.length, overflow, deviceId, seq, reason: first?.reason },
      'points were refused for good; this is the first of them',
    );
  }
}

/** What the quarantine keeps of a point. */
export function rawOf(point: TelemetryPoint): Buffer {
  return Buffer.from(JSON.stringify(point));
}
