import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { type EpochName, epochKey } from './epoch-group.ts';

/** Seqs of one epoch, both ends included. */
export interface SeqWindow extends EpochName {
  fromSeq: number;
  toSeq: number;
}

/** As both ends of a window: the highest seq that there is. */
export const END_SEQ = Number.MAX_SAFE_INTEGER;

/** With the columns that were asked for besides. */
type WindowRow = Database['received'];

const RANGE = ['device_id', 'epoch', 'from_seq', 'to_seq'] as const;
const COLUMNS = {
  received: RANGE,
  dead: RANGE,
  chain_range: [...RANGE, 'link_before', 'link_after'],
} as const;

/** Tables whose rows of an epoch are ranges of seqs that neither touch nor overlap. */
export type RangeTable = keyof typeof COLUMNS;

/**
 * The ranges of some epochs that lie in windows or touch them, and perhaps the one before each window. However many others
 * an epoch has, they are not looked at.
 *
 * @param windows in any order; they may overlap
 * @returns by rising seq, each once, keyed by `epochKey`; nothing of an epoch that has none
 */
export async function rangesAround<T extends RangeTable>(
  trx: Transaction<Database>,
  engine: Engine,
  table: T,
  windows: readonly SeqWindow[],
): Promise<Map<string, Database[T][]>> {
  const rows = await selectInWindows(trx, engine, table, COLUMNS[table], windows, reaching(table));
  // By start, keyed by epoch.
  const found = new Map<string, Map<number, Database[T]>>();
  for (const row of rows as Database[T][]) {
    const key = epochKey({ deviceId: row.device_id, epoch: row.epoch });
    const own = found.get(key) ?? new Map<number, Database[T]>();
    found.set(key, own.set(row.from_seq, row));
  }
  return new Map(
    [...found].map(([key, own]) => [key, [...own.values()].sort((a, b) => a.from_seq - b.from_seq)]),
  );
}

/** Of the ranges that begin before a window only the last one can reach it. */
function reaching(table: RangeTable): string {
  return `found.from_seq <= given.to_seq + 1 and found.from_seq >= coalesce(
    (select max(earlier.from_seq) from ${table} earlier where earlier.device_id = given.device_id
      and earlier.epoch = given.epoch and earlier.from_seq <= given.from_seq), 0)`;
}

/**
 * Rows of some epochs that meet a condition with one of the windows, once for each of those, by one statement.
 *
 * @param columns numbers in them are whole
 * @param condition SQL on `found`, the row, and `given`, the window with its `from_seq` and `to_seq`
 */
export async function selectInWindows(
  trx: Transaction<Database>,
  engine: Engine,
  table: RangeTable | 'dropped',
  columns: readonly string[],
  windows: readonly SeqWindow[],
  condition: string,
): Promise<WindowRow[]> {
  if (windows.length === 0) return [];
  const within = `found.device_id = given.device_id and found.epoch = given.epoch and ${condition}`;
  const given = JSON.stringify(
    windows.map(({ deviceId, epoch, fromSeq, toSeq }) => ({
      ...{ device_id: deviceId, epoch, from_seq: fromSeq, to_seq: toSeq },
    })),
  );
  if (engine === 'sqlite') {
    const sql = `select json_group_array(json_object(${columns.map((c) => `'${c}', found.${c}`).join(', ')})) as rows
      from (select value ->> 'device_id' as device_id, value ->> 'epoch' as epoch, value ->> 'from_seq' as from_seq,
        value ->> 'to_seq' as to_seq from json_each(?)) given cross join ${table} found on ${within}`;
    const [found] = (await trx.executeQuery<{ rows: string }>(CompiledQuery.raw(sql, [given]))).rows;
    return found === undefined ? [] : (JSON.parse(found.rows) as WindowRow[]);
  }
  // The offset keeps the planner from reading the whole table once instead of an index for each window.
  const sql = `select ${columns.map((c) => `found.${c}`).join(', ')}
    from json_to_recordset($1::json) as given (device_id text, epoch text, from_seq bigint, to_seq bigint)
    cross join lateral (select * from ${table} found where ${within} offset 0) found`;
  return (await trx.executeQuery<WindowRow>(CompiledQuery.raw(sql, [given]))).rows;
}
