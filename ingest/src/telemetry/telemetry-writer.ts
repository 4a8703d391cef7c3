import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { Logger } from 'pino';
import { Quarantine } from '../inbox/quarantine.ts';
import type { Store } from '../store/store.ts';
import { type InboxRow, POINT_KINDS, pointOf } from './inbox-points.ts';
import type { TelemetryPoint, TelemetryStore, WriteOutcome } from './telemetry-store.ts';

const CURSOR = 'telemetry';
const BATCH_POINTS = 5000;
/** Removing is one statement a point in InfluxDB. */
const MOVE_POINTS = 500;
/** How often the inbox is looked at without being told of something new. */
const POLL_MS = 1000;
const RETRY: RetryPlan = { firstMs: 500, maxMs: 60_000, factor: 2 };
/** How often a refusal is tried again that only a person can change. */
const REFUSED_RETRY_MS = 30_000;

export interface TelemetryWriterOptions {
  store: Store;
  telemetry: TelemetryStore;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** Waits so long, or until the signal; tests give their own. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Entry {
  row: InboxRow;
  point: TelemetryPoint;
}

function entriesOf(rows: readonly InboxRow[]): Entry[] {
  return rows.flatMap((row) => {
    const point = pointOf(row);
    return point === undefined ? [] : [{ row, point }];
  });
}

const pauseFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/**
 * Carries the inbox to the telemetry store. It reads from the inbox and never from memory, and its cursor moves
 * only past what was written or quarantined: whatever happens in between is written again, which changes nothing.
 */
export class TelemetryWriter {
  readonly #options: TelemetryWriterOptions;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  // Replaced before each look at the inbox; aborted by `nudge` and `stop`.
  #waiting = new AbortController();
  // Set by `#report` and ended by the next write that succeeds.
  #outage: { reason: string; level: 'warn' | 'error' } | null = null;

  constructor(options: TelemetryWriterOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pauseFor;
    this.#loop = this.#run();
  }

  /** Why nothing can be written at present; null while all is well. */
  get problem(): string | null {
    return this.#outage?.reason ?? null;
  }

  /** Says that the inbox has something new. */
  nudge(): void {
    this.#waiting.abort();
  }

  /** Ends after the write that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const stop = this.#stopping.signal;
    let failures = 0;
    while (!stop.aborted) {
      this.#waiting = new AbortController();
      try {
        const count = (await this.#step()) + (await this.#movePoints());
        failures = 0;
        if (count === 0) await this.#pause(POLL_MS, this.#waiting.signal);
      } catch (error) {
        this.#report(`the inbox cannot be read: ${String(error)}`, 'warn');
        await this.#pause(retryDelayMs(RETRY, failures++, this.#options.random()), stop);
      }
    }
  }

  /** Carries one batch. @returns how many inbox rows it had */
  async #step(): Promise<number> {
    const { db } = this.#options.store;
    const cursor = await db
      .selectFrom('cursor')
      .select('value')
      .where('name', '=', CURSOR)
      .executeTakeFirst();
    const rows = await db
      .selectFrom('inbox')
      .select(['id', 'device_id', 'epoch', 'seq', 'kind', 'measured_at', 'resolved_at', 'body'])
      .where('id', '>', cursor?.value ?? 0)
      .where('kind', 'in', POINT_KINDS)
      .orderBy('id')
      .limit(BATCH_POINTS)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return 0;
    if (!(await this.#deliver(entriesOf(rows)))) return rows.length;
    const value = last.id;
    await db
      .insertInto('cursor')
      .values({ name: CURSOR, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
    return rows.length;
  }

  /** Carries points to where their records were moved. @returns how many moves there were */
  async #movePoints(): Promise<number> {
    const { db } = this.#options.store;
    const rows = await db
      .selectFrom('point_move')
      .innerJoin('inbox', 'inbox.id', 'point_move.inbox_id')
      .select(['inbox.id', 'device_id', 'epoch', 'seq', 'kind', 'measured_at', 'resolved_at', 'body'])
      .select(['point_move.id as move_id', 'from_ms'])
      .orderBy('point_move.id')
      .limit(MOVE_POINTS)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return 0;
    // All of them leave before any is written: a point may have come back to where it was.
    const left = rows.flatMap((row) => pointOf(row, row.from_ms) ?? []);
    if (!(await this.#removeUntilAnswered(left))) return rows.length;
    if (!(await this.#deliver(entriesOf(rows)))) return rows.length;
    await db.deleteFrom('point_move').where('id', '<=', last.move_id).execute();
    return rows.length;
  }

  /** A store that refuses to remove keeps the points: that is said, and the line goes on. */
  async #removeUntilAnswered(points: readonly TelemetryPoint[]): Promise<boolean> {
    const { telemetry, log } = this.#options;
    for (let attempt = 0; points.length > 0 && !this.#stopping.signal.aborted; attempt++) {
      const outcome = await telemetry.remove(points);
      if (outcome.kind === 'written') return true;
      if (outcome.kind === 'invalid' || outcome.kind === 'too-large') {
        const reason = outcome.kind === 'too-large' ? 'too large' : outcome.reason;
        log.warn({ points: points.length, reason }, 'points stay where they were before their correction');
        return true;
      }
      await this.#backOff(outcome, attempt);
    }
    return points.length === 0;
  }

  /** @returns whether everything is written or in quarantine; false where the writer was stopped before */
  async #deliver(entries: readonly Entry[]): Promise<boolean> {
    const [first] = entries;
    if (first === undefined) return true;
    const outcome = await this.#writeUntilAnswered(entries);
    if (outcome === undefined) return false;
    if (outcome.kind === 'written') return true;
    if (entries.length === 1) {
      await this.#setAside(
        first,
        outcome.kind === 'invalid' ? outcome.reason : 'the point alone is too large',
      );
      return true;
    }
    const middle = entries.length >> 1;
    return (await this.#deliver(entries.slice(0, middle))) && (await this.#deliver(entries.slice(middle)));
  }

  /** Tries for ever where trying helps. @returns undefined where the writer was stopped */
  async #writeUntilAnswered(
    entries: readonly Entry[],
  ): Promise<Extract<WriteOutcome, { kind: 'written' | 'invalid' | 'too-large' }> | undefined> {
    const { telemetry } = this.#options;
    const points = entries.map((entry) => entry.point);
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const outcome = await telemetry.write(points);
      if (outcome.kind === 'retry' || outcome.kind === 'refused') await this.#backOff(outcome, attempt);
      else {
        if (this.#outage !== null) this.#options.log.info('telemetry is written again');
        this.#outage = null;
        return outcome;
      }
    }
    return undefined;
  }

  async #backOff(
    outcome: Extract<WriteOutcome, { kind: 'retry' | 'refused' }>,
    attempt: number,
  ): Promise<void> {
    const isRefusal = outcome.kind === 'refused';
    this.#report(outcome.reason, isRefusal ? 'error' : 'warn');
    const ms = isRefusal
      ? REFUSED_RETRY_MS
      : Math.max(retryDelayMs(RETRY, attempt, this.#options.random()), outcome.afterMs ?? 0);
    await this.#pause(ms, this.#stopping.signal);
  }

  async #setAside({ row, point }: Entry, reason: string): Promise<void> {
    const { store, clock, log } = this.#options;
    const raw = Buffer.from(JSON.stringify(point));
    const origin = { deviceId: row.device_id, topic: CURSOR, receivedAt: clock.wallMs(), epoch: row.epoch };
    const reject = { code: 'INGEST_TELEMETRY_REFUSED', reason, raw, seqs: [row.seq, row.seq] } as const;
    const { overflow } = await store.db
      .transaction()
      .execute((trx) => new Quarantine(trx).add(origin, [reject]));
    log.warn(
      { code: reject.code, deviceId: row.device_id, seq: row.seq, reason, isKept: overflow === 0 },
      'point was refused for good',
    );
  }

  /** Logs the start of an outage and that it got worse, not its every repetition. */
  #report(reason: string, level: 'warn' | 'error'): void {
    const isWorse = level === 'error' && this.#outage?.level === 'warn';
    if (this.#outage === null || isWorse) this.#options.log[level]({ reason }, 'telemetry cannot be written');
    this.#outage = { reason, level: this.#outage?.level === 'error' ? 'error' : level };
  }
}
