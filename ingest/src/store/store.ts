import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';

/** The relational store of ingest: inbox, ledger, findings. */
export interface Store {
  /**
   * On SQLite there is one connection: inside a transaction use only the transaction,
   * a query on `db` would wait for it for ever.
   */
  readonly db: Kysely<Database>;
  readonly engine: Engine;
  close(): Promise<void>;
}

export type StorePlace = { dataDir: string } | { databaseUrl: string };

/**
 * Opens the store and brings its tables up to date.
 *
 * @throws JostleError INGEST_STORE_IN_USE where another process has the data directory open
 */
export async function openStore(place: StorePlace): Promise<Store> {
  if ('databaseUrl' in place) return connect('postgres', postgresDialect(place.databaseUrl));
  await mkdir(place.dataDir, { recursive: true, mode: 0o700 });
  return connect('sqlite', new SqliteWorkerDialect(join(place.dataDir, 'ingest.db')));
}

async function connect(engine: Engine, dialect: Dialect): Promise<Store> {
  const db = new Kysely<Database>({ dialect });
  try {
    await migrate(db, engine);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, engine, close: () => db.destroy() };
}
