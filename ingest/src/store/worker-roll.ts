import { JostleError } from '@jostle/contracts';
import { postgresSession } from './postgres-dialect.ts';

/** Any number that nothing else in this database locks with. */
const ROLL_LOCK = 6_051_978;

/** The place of this process among those that work on a database. */
export interface WorkerRoll {
  /**
   * Has the database for itself: who comes now waits.
   *
   * @throws JostleError BACKUP_WORKERS_RUNNING where others are there already, or nobody knows
   */
  exclude(): Promise<void>;
  /** Undoes `exclude`; does nothing without it. */
  admit(): Promise<void>;
  leave(): Promise<void>;
}

const ALONE: WorkerRoll = { exclude: async () => {}, admit: async () => {}, leave: async () => {} };

/**
 * Counts this process among those that work on the database, and runs `whenFirst` where it is the only one. A SQLite
 * store has one process at a time. The count is a lock of a session: a process that dies leaves by that. After a
 * restart of PostgreSQL the workers that were there are not counted any more.
 *
 * @param whenFirst another process that starts meanwhile waits for its end
 */
export async function joinWorkers(
  databaseUrl: string | undefined,
  whenFirst: () => Promise<void>,
): Promise<WorkerRoll> {
  if (databaseUrl === undefined) {
    await whenFirst();
    return ALONE;
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
  let isAlone = false;
  return {
    exclude: async () => {
      isAlone = await lock('pg_try_advisory_lock').catch((error: unknown) => {
        const reason = 'The session that counts the workers was lost; restart ingest';
        throw new JostleError('BACKUP_WORKERS_RUNNING', reason, { cause: error });
      });
      if (!isAlone)
        throw new JostleError('BACKUP_WORKERS_RUNNING', 'Other ingest workers are on this database');
    },
    admit: async () => {
      if (isAlone) await lock('pg_advisory_unlock');
      isAlone = false;
    },
    leave: () => session.end(),
  };
}
