import type { QuarantineSelection } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';

/** Rows that go at a time: they hold up to 64 kB each, and commits of the inbox have their turn in between. */
const CHUNK_ROWS = 200;

/**
 * Takes rows out of the quarantine for good. What they were of stays settled as refused.
 *
 * @param selection rows that fit all that it names; what arrives meanwhile stays
 * @returns how many are gone
 */
export async function discardQuarantined(
  db: Kysely<Database>,
  { ids, device, code }: QuarantineSelection,
): Promise<number> {
  let chosen = db.selectFrom('quarantine').select('id').orderBy('id');
  if (ids !== undefined) chosen = chosen.where('id', 'in', ids);
  if (device !== undefined) chosen = chosen.where('device_id', '=', device);
  if (code !== undefined) chosen = chosen.where('code', '=', code);
  const rows = (await chosen.execute()).map(({ id }) => id);
  let discarded = 0;
  for (let i = 0; i < rows.length; i += CHUNK_ROWS) {
    const chunk = rows.slice(i, i + CHUNK_ROWS);
    const { numDeletedRows } = await db
      .deleteFrom('quarantine')
      .where('id', 'in', chunk)
      .executeTakeFirstOrThrow();
    discarded += Number(numDeletedRows);
  }
  return discarded;
}
