import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CompiledQuery, Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';

/** Everything that was committed at one moment. */
export interface Snapshot {
  readonly db: Kysely<Database>;
  /** All rows of a table in pieces; one table after the other. */
  rows(table: string, columns: readonly string[]): AsyncIterable<readonly Row[]>;
  close(): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

/** Rows of a piece: some hundred kB, so that the event loop is not held by the JSON of one. */
const PIECE_ROWS = 500;
/** Below the data directory. */
const FOLDER = 'snapshot';
const CURSOR = 'snapshot_rows';

/** A transaction that sees what was committed before its first query (PostgreSQL, 13.2.2). */
export async function postgresSnapshot(db: Kysely<Database>): Promise<Snapshot> {
  const transaction = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  return {
    db: transaction,
    async *rows(table, columns) {
      const names = sql.join(columns.map((column) => sql.id(column)));
      await sql`declare ${sql.id(CURSOR)} cursor for select ${names} from ${sql.id(table)}`.execute(
        transaction,
      );
      for (;;) {
        const { rows } = await sql<Row>`fetch ${sql.lit(PIECE_ROWS)} from ${sql.id(CURSOR)}`.execute(
          transaction,
        );
        if (rows.length === 0) break;
        yield rows;
      }
      // Where the reader leaves before the end, the transaction ends and the cursor with it.
      await sql`close ${sql.id(CURSOR)}`.execute(transaction);
    },
    close: async () => {
      await transaction.rollback().execute();
    },
  };
}

/**
 * A copy of the file beside it, because the store's one connection may not be held for as long as reading takes. It needs
 * as much room as the database.
 */
export async function sqliteSnapshot(live: SqliteWorkerDialect, dataDir: string): Promise<Snapshot> {
  await clearSnapshot(dataDir);
  const folder = join(dataDir, FOLDER);
  await mkdir(folder, { mode: 0o700 });
  const file = join(folder, 'copy.db');
  try {
    await live.copyTo(file);
  } catch (error) {
    await clearSnapshot(dataDir);
    throw error;
  }
  const db = new Kysely<Database>({ dialect: new SqliteWorkerDialect(file) });
  return {
    db,
    async *rows(table, columns) {
      const names = columns.map((column) => `"${column}"`).join(', ');
      const query = CompiledQuery.raw(`select ${names} from "${table}"`);
      for await (const { rows } of db.getExecutor().stream<Row>(query, PIECE_ROWS)) yield rows;
    },
    close: async () => {
      await db.destroy();
      await clearSnapshot(dataDir);
    },
  };
}

/** Removes what a snapshot left behind. */
export async function clearSnapshot(dataDir: string): Promise<void> {
  await rm(join(dataDir, FOLDER), { recursive: true, force: true });
}
