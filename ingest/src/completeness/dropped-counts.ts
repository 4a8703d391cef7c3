import { countOf, missingFrom, type SeqRanges, unionOfRanges, withoutRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { type EpochName, epochKey } from '../inbox/epoch-group.ts';
import { readRanges } from '../inbox/received-ranges.ts';
import type { SeqWindow } from '../inbox/seq-windows.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { readSpans, spansOf } from './dropped-spans.ts';
import type { EpochAccount } from './epoch-accounts.ts';
import type { ReceptionFacts } from './reception-facts.ts';

/** What may change how many seqs of an epoch were dropped and never came. */
interface Change extends EpochName {
  /** Seqs that were not committed before the batch. */
  came: SeqRanges;
  /** What its tombstones name. */
  named: SeqRanges;
}

/**
 * By how much a batch changes the number of seqs that were dropped and never came: what comes although it was dropped goes,
 * and of what is named for the first time what has not come is added. Spans overlap, and a wide one may hold much that
 * came; each seq is looked at once for its first span and once when it comes.
 *
 * INVARIANT: the received ranges of the batch are written, its tombstones are not.
 *
 * @param known the accounts before the batch, by `epochKey`
 * @returns by `epochKey`, of those epochs in which it may change
 */
export async function droppedChanges(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
  known: ReadonlyMap<string, EpochAccount>,
): Promise<Map<string, number>> {
  const changes = facts.flatMap((fact) => changesIn(fact, known.get(epochKey(fact))?.dropped ?? 0));
  const spans = await readSpans(trx, engine, changes.map(windowAround));
  const counted = changes.map((change) => {
    const key = epochKey(change);
    const before = spans.get(key) ?? [];
    const late = countOf(change.came) - countOf(withoutRanges(change.came, before));
    return { ...change, key, late, added: withoutRanges(change.named, before) };
  });
  const received = await readRanges(
    trx,
    engine,
    'received',
    counted.flatMap(({ deviceId, epoch, added }) =>
      added.map(([fromSeq, toSeq]) => ({ deviceId, epoch, fromSeq, toSeq })),
    ),
  );
  return new Map(
    counted.map(({ key, late, added }) => [key, countNotReceived(added, received.get(key) ?? []) - late]),
  );
}

/** How many seqs lie in spans, which may overlap, and did not come. */
export function countNotReceived(spans: SeqRanges, received: SeqRanges): number {
  return unionOfRanges(spans).reduce((sum, [from, to]) => sum + countOf(missingFrom(received, from, to)), 0);
}

/** @param dropped before the batch; without any, nothing that comes was dropped */
function changesIn({ deviceId, epoch, ...fact }: ReceptionFacts, dropped: number): Change[] {
  const came = dropped > 0 ? withoutRanges(fact.after, fact.before) : [];
  const named = unionOfRanges(spansOf(fact.tombstones));
  return came.length + named.length > 0 ? [{ deviceId, epoch, came, named }] : [];
}

function windowAround({ deviceId, epoch, came, named }: Change): SeqWindow {
  const ranges = unionOfRanges(came, named);
  return { deviceId, epoch, fromSeq: ranges[0]?.[0] ?? 0, toSeq: ranges.at(-1)?.[1] ?? 0 };
}
