import type { SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { deleteByKeys, insertRows, selectByKeys } from '../store/row-sets.ts';
import { type EpochName, epochKey } from './epoch-group.ts';

const COLUMNS = ['device_id', 'epoch', 'from_seq', 'to_seq'] as const;

export interface ReceivedChange extends EpochName {
  before: SeqRanges;
  after: SeqRanges;
}

/** The sequence numbers of some epochs that are committed, keyed by epoch; none of an epoch that is missing. */
export async function readReceived(
  trx: Transaction<Database>,
  engine: Engine,
  epochs: readonly EpochName[],
): Promise<Map<string, SeqRanges>> {
  const keys = epochs.map(({ deviceId, epoch }) => ({ device_id: deviceId, epoch }));
  const rows = await selectByKeys(trx, engine, 'received', COLUMNS, keys);
  const received = new Map<string, (readonly [number, number])[]>();
  for (const { device_id: deviceId, epoch, from_seq, to_seq } of rows) {
    const key = epochKey({ deviceId, epoch });
    const ranges = received.get(key);
    if (ranges === undefined) received.set(key, [[from_seq, to_seq]]);
    else ranges.push([from_seq, to_seq]);
  }
  for (const ranges of received.values()) ranges.sort((a, b) => a[0] - b[0]);
  return received;
}

/** Replaces the ranges that changed; most stay as they are, or only end later. */
export async function writeReceived(
  trx: Transaction<Database>,
  engine: Engine,
  changes: readonly ReceivedChange[],
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
  await deleteByKeys(trx, engine, 'received', gone);
  await insertRows(
    trx,
    engine,
    'received',
    changed,
    'on conflict (device_id, epoch, from_seq) do update set to_seq = excluded.to_seq',
  );
}
