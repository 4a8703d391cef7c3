import { PostgresDialect } from 'kysely';
import pg from 'pg';

/** Object ids of `int8` and `numeric` (PostgreSQL, pg_type.dat): counts and sums come back as one of them. */
const NUMBER_OIDS: ReadonlySet<number> = new Set([20, 1700]);

/** PostgreSQL through `pg`; whole numbers arrive as numbers, as they do from SQLite. */
export function postgresDialect(databaseUrl: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBER_OIDS.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // A connection that the server closes is replaced at the next query; without a listener it ends the process. The pool
  // listens to those that are idle, whoever has one in use learns it from the query only.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresDialect({ pool });
}

/** A session of its own, for locks that live as long as it does. Where it is lost nothing else happens. */
export async function postgresSession(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  return client;
}
