import { type SeqRanges, unionOfRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import type { TombstoneRecord } from '../inbox/derived-rows.ts';
import { type EpochName, epochKey } from '../inbox/epoch-group.ts';
import { type SeqWindow, selectInWindows } from '../inbox/seq-windows.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertChunks } from '../store/insert-chunks.ts';

const COLUMNS = ['device_id', 'epoch', 'from_seq', 'to_seq'] as const;

/** Spans may overlap, so that any earlier one can reach a window. */
const REACHING =
  'found.from_seq <= given.to_seq and found.to_seq >= given.from_seq and found.from_seq <= found.to_seq';

/** The union of the spans that devices say they dropped, of those that reach windows. Keyed by `epochKey`. */
export async function readSpans(
  trx: Transaction<Database>,
  engine: Engine,
  windows: readonly SeqWindow[],
): Promise<Map<string, SeqRanges>> {
  // Keyed by `epochKey`.
  const found = new Map<string, [number, number][]>();
  for (const row of await selectInWindows(trx, engine, 'dropped', COLUMNS, windows, REACHING)) {
    const key = epochKey({ deviceId: row.device_id, epoch: row.epoch });
    const own = found.get(key);
    if (own === undefined) found.set(key, [[row.from_seq, row.to_seq]]);
    else own.push([row.from_seq, row.to_seq]);
  }
  return new Map([...found].map(([key, spans]) => [key, unionOfRanges(spans)]));
}

/** Writes what devices say that they dropped; that has no time. */
export async function writeSpans(
  trx: Transaction<Database>,
  epochs: readonly (EpochName & { tombstones: readonly TombstoneRecord[] })[],
): Promise<void> {
  const rows = epochs.flatMap(({ deviceId, epoch, tombstones }) =>
    tombstones.map(({ body: { fromSeq, toSeq, reason } }) => ({
      ...{ device_id: deviceId, epoch, from_seq: fromSeq, to_seq: toSeq, reason },
    })),
  );
  for (const chunk of insertChunks(rows))
    await trx
      .insertInto('dropped')
      .values(chunk)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** What the tombstones name, in their order. */
export function spansOf(tombstones: readonly TombstoneRecord[]): SeqRanges {
  return tombstones.flatMap(({ body: { fromSeq, toSeq } }) =>
    fromSeq <= toSeq ? [[fromSeq, toSeq] as const] : [],
  );
}
