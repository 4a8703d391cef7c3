import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';

/** Any number that nothing else in this database locks with. */
const INBOX_LOCK = 6_051_977;

/**
 * Lets one transaction at a time write to the inbox, until it ends. Merged ranges are read and written back,
 * and readers of the inbox trust that a lower id was committed earlier. On SQLite there is one writer anyway.
 */
export async function lockInbox(trx: Transaction<Database>, engine: Engine): Promise<void> {
  if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${INBOX_LOCK})`.execute(trx);
}
