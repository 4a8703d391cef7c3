import { countOf, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { type EpochName, epochKey } from '../inbox/epoch-group.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { selectByKeys } from '../store/row-sets.ts';
import type { EpochAccount } from './epoch-accounts.ts';
import type { ReceptionFacts } from './reception-facts.ts';
import { unionOfRanges } from './seq-sets.ts';

/**
 * How many seqs were dropped and never came, of those epochs in which that may be another number after the batch. One
 * statement, and none where no tombstone came and nothing was dropped before. Counted anew each time: spans overlap, and
 * what one holds may come later after all.
 *
 * INVARIANT: the tombstones of the batch are written.
 *
 * @param known the accounts before the batch, by `epochKey`
 * @returns by `epochKey`
 */
export async function countDropped(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
  known: ReadonlyMap<string, EpochAccount>,
): Promise<Map<string, number>> {
  const changing = facts.filter((fact) => mayChange(fact, known.get(epochKey(fact))?.dropped ?? 0));
  const keys = changing.map(({ deviceId, epoch }) => ({ device_id: deviceId, epoch }));
  // Keyed by `epochKey`.
  const spans = new Map<string, [number, number][]>();
  for (const row of await selectByKeys(trx, engine, 'dropped', COLUMNS, keys)) {
    const key = epochKey(nameOf(row));
    const own = spans.get(key);
    if (own === undefined) spans.set(key, [[row.from_seq, row.to_seq]]);
    else own.push([row.from_seq, row.to_seq]);
  }
  return new Map(
    changing.map((fact) => [epochKey(fact), countNotReceived(spans.get(epochKey(fact)) ?? [], fact.after)]),
  );
}

/** How many seqs lie in spans, which may overlap, and did not come. */
export function countNotReceived(spans: SeqRanges, received: SeqRanges): number {
  return unionOfRanges(spans).reduce((sum, [from, to]) => sum + countOf(missingFrom(received, from, to)), 0);
}

const COLUMNS = ['device_id', 'epoch', 'from_seq', 'to_seq'] as const;

function nameOf({ device_id: deviceId, epoch }: { device_id: string; epoch: string }): EpochName {
  return { deviceId, epoch };
}

function mayChange({ tombstones, before, after }: ReceptionFacts, dropped: number): boolean {
  return tombstones.length > 0 || (dropped > 0 && countOf(after) > countOf(before));
}
