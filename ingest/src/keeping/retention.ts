import { type Kysely, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { TELEMETRY_CURSOR } from '../telemetry/telemetry-writer.ts';

/** Rows that are looked at in one transaction: a commit that comes meanwhile waits for some milliseconds. */
const PAGE_RUNS = 200;
/** Name of the cursor that holds the latest receipt of what has left the inbox, ms. */
const EXPIRED = 'inbox-expired';

export interface Expired {
  runs: number;
  records: number;
}

/**
 * Deletes runs that were received before a time, page by page. These stay:
 * - what the telemetry store does not have yet, and runs of a boot whose points are still to be moved;
 * - runs without a known time while their boot is the newest one of its epoch: an anchor may still come and date them;
 * - the newest run of each epoch: what is only bounded begins after it.
 *
 * The ranges of received seqs are kept for ever, so that a record that comes again is still a duplicate.
 *
 * @param before ms since the epoch
 * @param now the same clock; a run from the future says nothing of the ones behind it
 */
export async function expireRuns(
  db: Kysely<Database>,
  before: number,
  now: number,
  stopping: AbortSignal,
): Promise<Expired> {
  const expired = { runs: 0, records: 0 };
  let after = 0;
  while (!stopping.aborted) {
    const page = await db
      .selectFrom('inbox')
      .select(['id', 'received_at'])
      .where('id', '>', after)
      .where('id', '<=', cursorOf(TELEMETRY_CURSOR))
      .orderBy('id')
      .limit(PAGE_RUNS)
      .execute();
    const last = page.at(-1);
    if (last === undefined) break;
    const gone = await deletePage(db, after, last.id, before);
    expired.runs += gone.length;
    expired.records += gone.reduce((sum, { records }) => sum + records, 0);
    // Ids rise with the time of receipt: what lies behind a page with a younger run is younger, too.
    if (page.some(({ received_at }) => received_at >= before && received_at <= now)) break;
    after = last.id;
  }
  return expired;
}

/** From when on the inbox has everything that was received, ms; 0 where nothing has left it. */
export async function inboxKeptSince(db: Kysely<Database>): Promise<number> {
  const row = await db.selectFrom('cursor').select('value').where('name', '=', EXPIRED).executeTakeFirst();
  return row?.value ?? 0;
}

function deletePage(db: Kysely<Database>, after: number, upTo: number, before: number) {
  return db.transaction().execute(async (trx) => {
    const gone = await trx
      .deleteFrom('inbox')
      .where('id', '>', after)
      .where('id', '<=', upTo)
      .where('received_at', '<', before)
      .where('id', '<=', cursorOf(TELEMETRY_CURSOR))
      .where(
        sql<boolean>`exists (select 1 from inbox as newer where newer.device_id = inbox.device_id
          and newer.epoch = inbox.epoch and newer.from_seq > inbox.from_seq)`,
      )
      .where(
        sql<boolean>`(first_at is not null or exists (select 1 from boot where boot.device_id = inbox.device_id
          and boot.epoch = inbox.epoch and boot.first_seq > inbox.to_seq))`,
      )
      .where(
        sql<boolean>`not exists (select 1 from boot_move where boot_move.device_id = inbox.device_id
          and boot_move.epoch = inbox.epoch and boot_move.boot_id = inbox.boot_id)`,
      )
      .returning(['records', 'received_at'])
      .execute();
    if (gone.length > 0) await noteExpired(trx, Math.max(...gone.map((run) => run.received_at)));
    return gone;
  });
}

async function noteExpired(db: Kysely<Database>, value: number): Promise<void> {
  await db
    .insertInto('cursor')
    .values({ name: EXPIRED, value })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ value }).where('cursor.value', '<', value),
    )
    .execute();
}

const cursorOf = (name: string) =>
  sql<number>`(select coalesce(max(value), 0) from cursor where name = ${name})`;
