import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { Backups } from '../backup/backups.ts';
import { openStore, type StorePlace } from '../store/store.ts';
import { SystemClock } from '../system-clock.ts';

/**
 * A process of little memory that backs up and restores more than it could hold: to be started with the place of an empty
 * store as JSON, a file for the backup, a number of rows and the bytes of each. Sends the counts of the restore.
 */
const [place = '', file = '', rows = '0', rowBytes = '0'] = process.argv.slice(2);
const store = await openStore(JSON.parse(place) as StorePlace);
await sql`
  with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql.lit(Number(rows))})
  insert into site (id, name, kind) select 'S-' || i, ${'x'.repeat(Number(rowBytes))}, 'hub' from n`.execute(
  store.db,
);
const backups = new Backups({
  store,
  clock: new SystemClock(),
  log: pino({ level: 'silent' }),
  holdWriters: async () => async () => {},
});
await pipeline(await backups.backup(), createWriteStream(file));
const { tables } = await backups.restore(createReadStream(file), true);
process.send?.(tables.find(({ table }) => table === 'site'));
await store.close();
process.disconnect();
