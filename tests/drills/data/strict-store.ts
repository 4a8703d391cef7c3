import { join } from 'node:path';
import { openStore } from '@jostle/ingest/testing';
import Database from 'better-sqlite3';

/** No device has a sensor of this name. */
export const UNSTORABLE_SENSOR = 'unstorable';

/**
 * Makes a store that refuses what passes every check before it: faults of one sensor. By itself none is known that does,
 * and no batch would ever be halved.
 *
 * @param dataDir of an ingest that is not started yet
 */
export async function makeStrictStore(dataDir: string): Promise<void> {
  const store = await openStore({ dataDir });
  await store.close();
  const file = new Database(join(dataDir, 'ingest.db'));
  try {
    file.exec(`create trigger strict before insert on sensor_fault when new.sensor = '${UNSTORABLE_SENSOR}'
      begin select raise(abort, 'not this one'); end`);
  } finally {
    file.close();
  }
}
