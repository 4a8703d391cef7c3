import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, isJostleError, type ReconciliationReport } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';
import type { TelemetryWriter } from '../telemetry/telemetry-writer.ts';
import type { KeepingMetrics } from './keeping-metrics.ts';
import { reconcile } from './reconciliation.ts';
import type { ReconciliationJobs } from './reconciliation-jobs.ts';
import { expireRuns } from './retention.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 1000;
const EXPIRE_EVERY_MS = 10 * 60_000;
const COMPARE_EVERY_MS = DAY_MS;
/** Name of the cursor that holds when the inbox was last compared by itself, ms. */
const COMPARED = 'reconciled';

export interface HousekeepingOptions {
  store: Store;
  telemetry: TelemetryStore;
  writer: TelemetryWriter;
  jobs: ReconciliationJobs;
  retentionDays: number;
  clock: Clock;
  log: Logger;
  metrics: KeepingMetrics;
  /** Waits so long, or until the signal; tests give their own. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/** What the leader does beside carrying the inbox: it lets old runs go, and compares the inbox with the curves. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  // Monotonic; set by the loop.
  #expiredAt = Number.NEGATIVE_INFINITY;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#loop = this.#run(options.pause ?? pauseFor);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(pause: NonNullable<HousekeepingOptions['pause']>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#expire();
        await this.#requestDaily();
        await this.#compare();
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn({ err: error }, 'housekeeping failed and is tried again');
      }
      await pause(LOOK_MS, signal);
    }
  }

  async #expire(): Promise<void> {
    const { clock, store, retentionDays, log, metrics } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#expiredAt < EXPIRE_EVERY_MS) return;
    this.#expiredAt = now;
    const wall = clock.wallMs();
    const expired = await expireRuns(store.db, wall - retentionDays * DAY_MS, wall, this.#stopping.signal);
    metrics.expired(expired);
    const ms = Math.round(clock.monotonicMs() - now);
    if (expired.runs > 0) log.info({ ...expired, ms }, 'old records left the inbox');
  }

  /** Asks for a comparison once a day; the first time a day after the first start. */
  async #requestDaily(): Promise<void> {
    const { clock, store, jobs } = this.#options;
    const now = clock.wallMs();
    const last = await store.db
      .selectFrom('cursor')
      .select('value')
      .where('name', '=', COMPARED)
      .executeTakeFirst();
    if (last !== undefined && now - last.value < COMPARE_EVERY_MS) return;
    if (last !== undefined) await jobs.request({ fix: true });
    await store.db
      .insertInto('cursor')
      .values({ name: COMPARED, value: now })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: now }))
      .execute();
  }

  async #compare(): Promise<void> {
    const { jobs, log, metrics } = this.#options;
    const job = await jobs.next();
    if (job === undefined) return;
    const running: ReconciliationReport = { ...job, state: 'running' };
    await jobs.save(running);
    const report = await this.#reportOf(running);
    // Stopped in the middle, it is left to whoever leads next.
    if (report.state === 'running') return;
    await jobs.save(report);
    metrics.compared(report);
    const { differences: _, ...counts } = report;
    log[report.differingHours > 0 || report.state === 'failed' ? 'warn' : 'info'](
      counts,
      'the inbox was compared with the curves',
    );
  }

  async #reportOf(job: ReconciliationReport): Promise<ReconciliationReport> {
    const { store, telemetry, writer } = this.#options;
    const stopping = this.#stopping.signal;
    try {
      return await reconcile({ db: store.db, telemetry, writer, stopping }, job);
    } catch (error) {
      if (stopping.aborted) return job;
      if (!isJostleError(error)) throw error;
      return { ...job, state: 'failed', problem: `${error.code}: ${error.message}` };
    }
  }
}
