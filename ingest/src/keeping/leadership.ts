import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, JostleError } from '@jostle/contracts';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';

const LEASE = 'keeper';
/** How long a lease lasts without being renewed, ms. A leader that is killed is followed by another one after that. */
const LEASE_MS = 5000;
const RENEW_MS = 1000;
/** How long the database may take to answer, ms. */
const CLAIM_LIMIT_MS = 1500;

export interface Led {
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  store: Store;
  /** Names this process among all that share the database. */
  holder: string;
  clock: Clock;
  log: Logger;
  /** Starts what only the leader runs. */
  lead: () => Led;
  /** Waits so long, or until the signal; tests give their own. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/**
 * Runs something in one of the processes that share a database: in the one that holds a lease there, whose time is the
 * database's. SQLite belongs to one process, so that this one always leads.
 *
 * INVARIANTS
 * - What is led runs only while the lease was renewed less than LEASE_MS ago by this process's monotonic clock. A process
 *   that was paused for longer may finish the request that it was in; what is led has to bear that.
 * - Starts and stops take turns: nothing is led twice in one process.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  // Set and cleared by the loop.
  #led: Led | undefined;
  // Monotonic time at which the last renewal was asked for that was granted.
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pauseFor;
    this.#loop = options.store.engine === 'sqlite' ? this.#leadForEver() : this.#run();
  }

  get isLeader(): boolean {
    return this.#led !== undefined;
  }

  /** Ends what is led and gives the lease to whoever asks next. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#step(false);
    if (this.#options.store.engine === 'postgres') await this.#release().catch(() => {});
  }

  async #leadForEver(): Promise<void> {
    await this.#step(true);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const isMine = await this.#claimInTime().catch((error: unknown) => {
        this.#options.log.warn({ reason: String(error) }, 'the lease cannot be renewed');
        return this.isLeader && this.#now() - this.#renewedAt < LEASE_MS - CLAIM_LIMIT_MS - RENEW_MS;
      });
      await this.#step(isMine && !signal.aborted);
      await this.#pause(RENEW_MS, signal);
    }
  }

  async #step(leads: boolean): Promise<void> {
    const { log, lead } = this.#options;
    if (leads === this.isLeader) return;
    if (leads) {
      this.#led = lead();
      log.info('this process leads');
      return;
    }
    const led = this.#led;
    this.#led = undefined;
    await led?.stop();
    log.info('this process does not lead any more');
  }

  /** A connection that hangs must not keep a leader that has no lease any more. */
  async #claimInTime(): Promise<boolean> {
    const done = new AbortController();
    const late = this.#pause(CLAIM_LIMIT_MS, done.signal).then(() => {
      throw new JostleError(
        'INGEST_STORE_UNREACHABLE',
        `the database did not answer in ${CLAIM_LIMIT_MS} ms`,
      );
    });
    late.catch(() => {});
    try {
      return await Promise.race([this.#claim(), late]);
    } finally {
      done.abort();
    }
  }

  async #claim(): Promise<boolean> {
    const askedAt = this.#now();
    const { holder, store } = this.#options;
    const { rows } = await sql<{ holder: string }>`
      insert into lease (name, holder, expires_at)
      values (${LEASE}, ${holder}, ${DATABASE_NOW} + ${sql.lit(LEASE_MS)})
      on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where lease.holder = excluded.holder or lease.expires_at < ${DATABASE_NOW}
      returning holder`.execute(store.db);
    if (rows.length === 0) return false;
    this.#renewedAt = askedAt;
    return true;
  }

  async #release(): Promise<void> {
    const { holder, store } = this.#options;
    await store.db.deleteFrom('lease').where('name', '=', LEASE).where('holder', '=', holder).execute();
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}

const DATABASE_NOW = sql.raw('cast(extract(epoch from clock_timestamp()) * 1000 as bigint)');
