import { type SeqRanges, unionOfRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { readRanges } from '../inbox/received-ranges.ts';
import type { SeqWindow } from '../inbox/seq-windows.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { readSpans } from './dropped-spans.ts';

/** What is known of some seqs of an epoch. */
export interface SettledRanges {
  /** What came. */
  received: SeqRanges;
  /** What came and what was dropped. */
  settled: SeqRanges;
}

/** What came or was dropped in windows, as whole ranges. Keyed by `epochKey`; nothing of an epoch that has none there. */
export async function readSettled(
  trx: Transaction<Database>,
  engine: Engine,
  windows: readonly SeqWindow[],
): Promise<Map<string, SettledRanges>> {
  const received = await readRanges(trx, engine, 'received', windows);
  const dropped = await readSpans(trx, engine, windows);
  const found = new Map<string, SettledRanges>();
  for (const key of new Set([...received.keys(), ...dropped.keys()])) {
    const came = received.get(key) ?? [];
    found.set(key, { received: came, settled: unionOfRanges(came, dropped.get(key) ?? []) });
  }
  return found;
}
