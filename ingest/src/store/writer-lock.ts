import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';

/** Any number that nothing else in this database locks with. */
const INBOX_LOCK = 6_051_977;

/** What PostgreSQL ends by itself in a transaction that holds the lock, ms. */
export interface LockLimits {
  /** A wait for a lock. */
  waitMs: number;
  /** Silence of a process between two statements: its machine may be frozen, and all others wait for it. */
  idleMs: number;
}

export const LOCK_LIMITS: LockLimits = { waitMs: 10_000, idleMs: 15_000 };

/**
 * Lets one transaction at a time write to the inbox, until it ends. Merged ranges are read and written back,
 * and readers of the inbox trust that a lower id was committed earlier. On SQLite there is one writer anyway.
 *
 * @param limits none for a transaction that has the workers held and waits for bytes from elsewhere
 */
export async function lockInbox(
  trx: Transaction<Database>,
  engine: Engine,
  limits?: LockLimits,
): Promise<void> {
  if (engine !== 'postgres') return;
  if (limits !== undefined)
    await sql`select set_config('lock_timeout', ${`${limits.waitMs}ms`}, true),
      set_config('idle_in_transaction_session_timeout', ${`${limits.idleMs}ms`}, true)`.execute(trx);
  await sql`select pg_advisory_xact_lock(${INBOX_LOCK})`.execute(trx);
}
