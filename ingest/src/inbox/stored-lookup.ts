import type { DeviceRecord, SeqRanges } from '@jostle/contracts';
import { CompiledQuery, type Selectable, type Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { rowsParameter } from '../store/row-sets.ts';
import { type EpochName, epochKey } from './epoch-group.ts';
import type { StoredAt } from './group-sort.ts';
import type { InboxTables } from './inbox-tables.ts';
import { storedRunOf } from './stored-run.ts';

/** Runs never overlap: of those that begin before a stretch only the last one can reach into it. */
const TOUCHING = {
  sqlite: `with given (device_id, epoch, low, high) as (values (?, ?, ?, ?))
    select inbox.* from given join inbox on inbox.device_id = given.device_id and inbox.epoch = given.epoch
    where inbox.to_seq >= given.low and inbox.from_seq <= given.high and inbox.from_seq >= coalesce(
      (select max(earlier.from_seq) from inbox earlier where earlier.device_id = given.device_id
        and earlier.epoch = given.epoch and earlier.from_seq <= given.low), 0)`,
  postgres: `select inbox.*
    from json_to_recordset($1::json) as given (device_id text, epoch text, low bigint, high bigint)
    join inbox on inbox.device_id = given.device_id and inbox.epoch = given.epoch
    where inbox.to_seq >= given.low and inbox.from_seq <= given.high and inbox.from_seq >= coalesce(
      (select max(earlier.from_seq) from inbox earlier where earlier.device_id = given.device_id
        and earlier.epoch = given.epoch and earlier.from_seq <= given.low), 0)`,
} as const satisfies Record<Engine, string>;

/** What the inbox holds in stretches of some epochs, keyed by epoch; it is not asked where there are none. */
export async function storedIn(
  trx: Transaction<Database>,
  engine: Engine,
  stretches: readonly (EpochName & { ranges: SeqRanges })[],
): Promise<Map<string, StoredAt>> {
  const given = stretches.flatMap(({ deviceId, epoch, ranges }) =>
    ranges.map(([low, high]) => ({ device_id: deviceId, epoch, low, high })),
  );
  const stored = new Map<string, Map<number, DeviceRecord>>();
  if (given.length === 0) return stored;
  const query = CompiledQuery.raw(TOUCHING[engine], [rowsParameter(engine, given, 'read')]);
  const { rows } = await trx.executeQuery<Selectable<InboxTables['inbox']>>(query);
  for (const run of rows.map(storedRunOf)) {
    const key = epochKey(run);
    const records = stored.get(key) ?? new Map<number, DeviceRecord>();
    stored.set(key, records);
    for (const record of run.records) records.set(record.seq, record);
  }
  return stored;
}
