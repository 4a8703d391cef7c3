import type { Kysely } from 'kysely';

/** Which database the store runs on. Queries are the same on both; only migrations and locks may look at it. */
export type Engine = 'sqlite' | 'postgres';

/**
 * Makes the tables of one area. Portable column types: `text`, `integer` (also 0/1 for booleans),
 * `bigint` (times in ms since the epoch), `double precision`; JSON is text.
 */
export interface AreaMigration {
  up(db: Kysely<unknown>, engine: Engine): Promise<void>;
}
