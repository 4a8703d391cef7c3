import type { SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';

/** The sequence numbers of one epoch that are committed. */
export async function readReceived(
  trx: Transaction<Database>,
  deviceId: string,
  epoch: string,
): Promise<SeqRanges> {
  const rows = await trx
    .selectFrom('received')
    .select(['from_seq', 'to_seq'])
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .orderBy('from_seq')
    .execute();
  return rows.map((row) => [row.from_seq, row.to_seq] as const);
}

/** Replaces the ranges that changed; most stay as they are. */
export async function writeReceived(
  trx: Transaction<Database>,
  deviceId: string,
  epoch: string,
  before: SeqRanges,
  after: SeqRanges,
): Promise<void> {
  const keyOf = ([from, to]: SeqRanges[number]) => `${from}-${to}`;
  const old = new Set(before.map(keyOf));
  const fresh = new Set(after.map(keyOf));
  for (const range of before.filter((r) => !fresh.has(keyOf(r)))) {
    await trx
      .deleteFrom('received')
      .where('device_id', '=', deviceId)
      .where('epoch', '=', epoch)
      .where('from_seq', '=', range[0])
      .execute();
  }
  const added = after.filter((r) => !old.has(keyOf(r)));
  if (added.length > 0) {
    const rows = added.map(([from_seq, to_seq]) => ({ device_id: deviceId, epoch, from_seq, to_seq }));
    await trx.insertInto('received').values(rows).execute();
  }
}
