import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import { openingError, type StorePlace } from './opening-error.ts';
import { postgresDialects } from './postgres-dialect.ts';
import { clearSnapshot, postgresSnapshot, type Snapshot, sqliteSnapshot } from './snapshot.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';

/** Longer than any statement of the daily work; a commit that was given up is repeated. */
const STATEMENT_LIMIT_MS = 60_000;

/** The relational store of ingest: inbox, ledger, findings. */
export interface Store {
  /**
   * On SQLite there is one connection: inside a transaction use only the transaction,
   * a query on `db` would wait for it for ever.
   */
  readonly db: Kysely<Database>;
  /** The same where a statement may take as long as it likes, as in a restore; on `db` PostgreSQL has to answer in time. */
  readonly unhurried: Kysely<Database>;
  readonly engine: Engine;
  /** Resolves with the reason when the store ends by itself and cannot be opened again in this process. */
  readonly lost: Promise<Error>;
  /** All of it at one moment, to be read while the store goes on; one at a time, and to be closed. */
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
}

export type { StorePlace } from './opening-error.ts';

/**
 * Opens the store and brings its tables up to date.
 *
 * @param statementLimitMs how long PostgreSQL may take for a statement before its connection is given up
 * @throws JostleError INGEST_STORE_IN_USE where another process has the data directory open,
 * INGEST_STORE_UNREACHABLE, INGEST_STORE_REFUSED; CONFIG_INVALID for a URL that is none
 */
export async function openStore(place: StorePlace, statementLimitMs = STATEMENT_LIMIT_MS): Promise<Store> {
  try {
    return await ('databaseUrl' in place
      ? openPostgres(place.databaseUrl, statementLimitMs)
      : openSqlite(place.dataDir));
  } catch (error) {
    throw openingError(error, place);
  }
}

async function openPostgres(databaseUrl: string, limitMs: number): Promise<Store> {
  const dialects = postgresDialects(databaseUrl, limitMs);
  const unhurried = await connect('postgres', dialects.unhurried);
  const db = new Kysely<Database>({ dialect: dialects.limited });
  return {
    db,
    unhurried,
    engine: 'postgres',
    // A lost connection is replaced by the next query.
    lost: new Promise(() => {}),
    snapshot: () => postgresSnapshot(unhurried),
    close: async () => {
      await db.destroy();
      await unhurried.destroy();
    },
  };
}

async function openSqlite(dataDir: string): Promise<Store> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const dialect = new SqliteWorkerDialect(join(dataDir, 'ingest.db'));
  const db = await connect('sqlite', dialect);
  // The store is locked by now: what lies there is of a process that was killed.
  await clearSnapshot(dataDir);
  return {
    db,
    unhurried: db,
    engine: 'sqlite',
    lost: dialect.lost,
    snapshot: () => sqliteSnapshot(dialect, dataDir),
    close: () => db.destroy(),
  };
}

async function connect(engine: Engine, dialect: Dialect): Promise<Kysely<Database>> {
  const db = new Kysely<Database>({ dialect });
  try {
    await migrate(db, engine);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
