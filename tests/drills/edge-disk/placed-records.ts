import { type DeviceRecord, type RecordDraft, recordHash } from '@jostle/contracts';
import type { GeneratedRecord } from '../support/account.ts';

/** The outbox that drafts went into, and all that it still holds; it has delivered none. */
export interface OfflineOutbox {
  deviceId: string;
  epoch: string;
  /** Of the drafts. */
  bootId: string;
  held: readonly DeviceRecord[];
}

/**
 * Gives drafts the seqs that they had. Seqs rise with what was measured: a draft that is not held any more had one
 * between those of its neighbours. Where none is left there it never had one: it waited in memory and was given up. A
 * tombstone that comes later sets seqs aside for those; where it sets too few aside, the rest has no identity.
 *
 * @param drafts in the order in which they were given to the outbox, each of another content
 */
export function placedRecords(drafts: readonly RecordDraft[], outbox: OfflineOutbox): GeneratedRecord[] {
  const { deviceId, epoch, bootId, held } = outbox;
  const seqs = new Map(held.map((record) => [recordHash(record), record.seq]));
  const setAside = setAsideIn(held);
  const taken = new Set([...seqs.values(), ...setAside]);
  const hashes = drafts.map((draft) => recordHash({ ...draft, seq: 0, bootId } as DeviceRecord));
  const ends = seqsBehind(
    hashes.map((hash) => seqs.get(hash)),
    held.reduce((highest, { seq }) => Math.max(highest, seq), 0) + 1,
  );
  let last = 0;
  const inPlace = (hash: string, end = 0) => {
    let seq = seqs.get(hash);
    if (seq === undefined) {
      seq = last + 1;
      while (seq < end && taken.has(seq)) seq += 1;
      if (seq >= end) return undefined;
    }
    last = seq;
    return seq;
  };
  let used = 0;
  const later = () => {
    while ((setAside[used] ?? Number.POSITIVE_INFINITY) <= last) used += 1;
    return setAside[used++];
  };
  return hashes.map((hash, i) => {
    const seq = inPlace(hash, ends[i]) ?? later();
    return { deviceId, hash, ...(seq === undefined ? {} : { identity: { epoch, seq } }) };
  });
}

/** Seqs that were given to nothing that was ever stored, in their order. */
function setAsideIn(held: readonly DeviceRecord[]): number[] {
  return held
    .flatMap(({ kind, body }) => (kind === 'tombstone' && body.reason === 'not-stored' ? [body] : []))
    .flatMap(({ fromSeq, toSeq }) => Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => fromSeq + i))
    .sort((a, b) => a - b);
}

/** For each place the first seq that is known there or behind it. */
function seqsBehind(seqs: readonly (number | undefined)[], end: number): number[] {
  const ends: number[] = [];
  for (const seq of seqs.toReversed()) ends.push(seq ?? ends.at(-1) ?? end);
  return ends.toReversed();
}
