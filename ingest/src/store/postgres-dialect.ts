import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { inTime, limitedPool } from './limited-pool.ts';

/** Object ids of `int8` and `numeric` (PostgreSQL, pg_type.dat): counts and sums come back as one of them. */
const NUMBER_OIDS: ReadonlySet<number> = new Set([20, 1700]);
const CONNECT_LIMIT_MS = 10_000;
/** Asks a silent server whether it is there; node asks ten times, a second apart. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * A receipt says that the disk has it, whatever is configured for the database. `remote_apply` waits for more than `on`
 * does.
 */
const DURABLE = `select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') <> 'remote_apply'`;

/**
 * PostgreSQL through `pg`; whole numbers arrive as numbers, as they do from SQLite. Both dialects share one pool; it
 * ends with `unhurried`.
 *
 * @param limitMs how long a statement of `limited` may take
 */
export function postgresDialects(
  databaseUrl: string,
  limitMs: number,
): { limited: PostgresDialect; unhurried: PostgresDialect } {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    ...KEEP_ALIVE,
    onConnect: (client) => inTime(client as pg.PoolClient & pg.Client, DURABLE, [], CONNECT_LIMIT_MS),
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBER_OIDS.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // A connection that the server closes is replaced at the next query; without a listener it ends the process. The pool
  // listens to those that are idle, whoever has one in use learns it from the query only.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    limited: new PostgresDialect({ pool: limitedPool(pool as never, limitMs) }),
    unhurried: new PostgresDialect({ pool }),
  };
}

/** A session of its own, for locks that live as long as it does. Where it is lost nothing else happens. */
export async function postgresSession(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    ...KEEP_ALIVE,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}
