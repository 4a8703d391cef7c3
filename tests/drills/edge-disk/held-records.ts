import { type DeviceRecord, recordHash } from '@jostle/contracts';
import type { Outbox } from '@jostle/edge/outbox';

/** Enough for everything that a drill puts into an outbox. */
const ALL_RUNS = 10_000;

/** Everything that an outbox would send; what it finds damaged it has taken out by then. */
export function heldRecords(outbox: Outbox): DeviceRecord[] {
  outbox.takeRuns([], ALL_RUNS);
  return outbox.takeRuns([], ALL_RUNS).flatMap(({ records }) => records);
}

export interface Comparison {
  /** Neither held nor named by a tombstone. */
  lost: number;
  /** Held under another identity, or with another content. */
  altered: number;
  /** Held as they were stored. */
  kept: number;
}

/**
 * Compares what an outbox holds with what it had confirmed.
 *
 * @param mayHold what it may hold besides, because a power cut came before anybody heard of it
 */
export function compareHeld(
  confirmed: readonly DeviceRecord[],
  held: readonly DeviceRecord[],
  mayHold: readonly DeviceRecord[] = [],
): Comparison {
  // Keyed by seq: the hash of the content.
  const known = new Map([...confirmed, ...mayHold].map((record) => [record.seq, recordHash(record)]));
  const stones = held.flatMap(({ kind, body }) => (kind === 'tombstone' ? [body] : []));
  const seqs = new Map<number, number>();
  let altered = 0;
  for (const record of held) {
    seqs.set(record.seq, (seqs.get(record.seq) ?? 0) + 1);
    const hash = known.get(record.seq);
    const isNewStone = hash === undefined && record.kind === 'tombstone';
    if (!isNewStone && hash !== recordHash(record)) altered += 1;
  }
  const kept = confirmed.filter(({ seq }) => seqs.has(seq)).length;
  const isNamed = (seq: number) => stones.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq);
  const lost = confirmed.filter(({ seq }) => !seqs.has(seq) && !isNamed(seq)).length;
  const twice = [...seqs.values()].filter((count) => count > 1).length;
  return { lost, altered: altered + twice, kept };
}
