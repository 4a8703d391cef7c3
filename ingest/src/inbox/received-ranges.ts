import type { SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { deleteByKeys, insertRows } from '../store/row-sets.ts';
import type { EpochName } from './epoch-group.ts';
import { rangesAround, type SeqWindow } from './seq-windows.ts';

/** The tables that keep merged ranges of sequence numbers. */
type MergedTable = 'received' | 'dead';

export interface RangeChange extends EpochName {
  before: SeqRanges;
  after: SeqRanges;
}

/**
 * The sequence numbers that a table has of some epochs in windows, as whole ranges with those that touch the windows, and
 * perhaps some more. Keyed by epoch; none of an epoch that is missing.
 */
export async function readRanges(
  trx: Transaction<Database>,
  engine: Engine,
  table: MergedTable,
  windows: readonly SeqWindow[],
): Promise<Map<string, SeqRanges>> {
  const found = await rangesAround(trx, engine, table, windows);
  return new Map(
    [...found].map(([key, rows]) => [key, rows.map(({ from_seq, to_seq }) => [from_seq, to_seq])]),
  );
}

/** Replaces the ranges that changed; most stay as they are, or only end later. */
export async function writeRanges(
  trx: Transaction<Database>,
  engine: Engine,
  table: MergedTable,
  changes: readonly RangeChange[],
): Promise<void> {
  const gone: { device_id: string; epoch: string; from_seq: number }[] = [];
  const changed: { device_id: string; epoch: string; from_seq: number; to_seq: number }[] = [];
  for (const { deviceId, epoch, before, after } of changes) {
    const name = { device_id: deviceId, epoch };
    // End by start.
    const now = new Map(after);
    const old = new Map(before);
    for (const [from_seq] of before) if (!now.has(from_seq)) gone.push({ ...name, from_seq });
    for (const [from_seq, to_seq] of after)
      if (old.get(from_seq) !== to_seq) changed.push({ ...name, from_seq, to_seq });
  }
  await deleteByKeys(trx, engine, table, gone);
  await insertRows(
    trx,
    engine,
    table,
    changed,
    'on conflict (device_id, epoch, from_seq) do update set to_seq = excluded.to_seq',
  );
}
