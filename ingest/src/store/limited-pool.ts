import { JostleError } from '@jostle/contracts';
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';

/** A connection of `pg`, as far as it is used here. */
export interface EndableClient {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
  /** Tears the connection down where a statement is under way: a half-open one would not take a farewell. */
  end(): Promise<void>;
}

interface Pool {
  connect(): Promise<EndableClient & { release(error?: Error): void }>;
}

/**
 * The same connections, on which a statement has to end in time. A server whose machine has vanished says nothing for ever,
 * and TCP tries for a quarter of an hour to bring it what was sent.
 */
export function limitedPool(pool: Pool, limitMs: number): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      // Of the statement that took too long: everything after it fails like it, so that the first reason is seen.
      let failure: Error | undefined;
      const query = async (sql: string, parameters: readonly unknown[]) => {
        if (failure !== undefined) throw failure;
        try {
          return await inTime(client, sql, [...parameters], limitMs);
        } catch (error) {
          if (error instanceof JostleError) failure = error;
          throw error;
        }
      };
      return { query, release: () => client.release(failure) } as PostgresPoolClient;
    },
    // The pool is ended by whom it belongs to.
    end: async () => {},
  };
}

/** @throws JostleError INGEST_STORE_UNREACHABLE where it takes too long; the connection is gone then */
export async function inTime(
  client: EndableClient,
  sql: string,
  parameters: unknown[],
  limitMs: number,
): Promise<PostgresQueryResult<unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new JostleError('INGEST_STORE_UNREACHABLE', `PostgreSQL did not answer in ${limitMs} ms`));
      client.end().catch(() => {});
    }, limitMs);
  });
  const answer = client.query(sql, parameters);
  answer.catch(() => {});
  try {
    return (await Promise.race([answer, late])) as PostgresQueryResult<unknown>;
  } finally {
    clearTimeout(timer);
  }
}
