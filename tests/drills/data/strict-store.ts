import { join } from 'node:path';
import { openStore } from '@jostle/ingest/testing';
import Database from 'better-sqlite3';

/**
 * Makes a store on SQLite that refuses a zero byte in the name of a sensor, as PostgreSQL does: SQLite by itself takes all
 * that passes the checks before it, and no batch would ever be halved.
 *
 * @param dataDir of an ingest that is not started yet
 */
export async function forbidZeroBytes(dataDir: string): Promise<void> {
  const store = await openStore({ dataDir });
  await store.close();
  const file = new Database(join(dataDir, 'ingest.db'));
  try {
    file.exec(`create trigger no_zero_byte before insert on sensor_fault when instr(new.sensor, char(0)) > 0
      begin select raise(abort, 'a zero byte'); end`);
  } finally {
    file.close();
  }
}
