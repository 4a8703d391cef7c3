import { postgresSession } from './postgres-dialect.ts';

/** Any number that nothing else in this database locks with. */
const ROLL_LOCK = 6_051_978;

/**
 * Counts this process among those that work on the database, and runs `whenFirst` where it is the only one. A SQLite
 * store has one process at a time. The count is a lock of a session: a process that dies leaves by that. After a
 * restart of PostgreSQL the workers that were there are not counted any more.
 *
 * @param whenFirst another process that starts meanwhile waits for its end
 * @returns leaves
 */
export async function joinWorkers(
  databaseUrl: string | undefined,
  whenFirst: () => Promise<void>,
): Promise<() => Promise<void>> {
  if (databaseUrl === undefined) {
    await whenFirst();
    return async () => {};
  }
  const session = await postgresSession(databaseUrl);
  const lock = async (call: string) => {
    const { rows } = await session.query<{ taken: unknown }>(`select ${call}(${ROLL_LOCK}) as taken`);
    return rows[0]?.taken === true;
  };
  try {
    if (await lock('pg_try_advisory_lock')) {
      await whenFirst();
      await lock('pg_advisory_lock_shared');
      await lock('pg_advisory_unlock');
    } else await lock('pg_advisory_lock_shared');
  } catch (error) {
    await session.end();
    throw error;
  }
  return () => session.end();
}
