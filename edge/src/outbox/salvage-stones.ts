import { missingFrom, type RecordDraft, type RecordTime, type SeqRanges } from '@jostle/contracts';
import { tombstone } from './draft-check.ts';

/** So many tombstones at most say what is missing for one reason; where there are more holes, one speaks of several. */
const STONES_MAX = 64;

export interface SalvagedSeqs {
  /** What is in the new file, by rising seq. */
  held: SeqRanges;
  /** Sound records that found no room; one may be named several times, and be held all the same. */
  withoutRoom: readonly number[];
  /** Everything up to this is held or missing. */
  lastSeq: number;
}

/** What a salvage could not keep, each seq for one reason; by rising seq. */
export interface MissingSeqs {
  damaged: SeqRanges;
  /** Sound, but without room. */
  dropped: SeqRanges;
}

export function missingSeqs({ held, withoutRoom, lastSeq }: SalvagedSeqs): MissingSeqs {
  const damaged = missingFrom(joined(held, rangesOf(withoutRoom)), 1, lastSeq);
  const dropped = missingFrom(joined(held, damaged), 1, lastSeq);
  return { damaged, dropped };
}

/** Names what is missing: what had no room went as it does from a full outbox. */
export function salvageStones({ damaged, dropped }: MissingSeqs, time: RecordTime): RecordDraft[] {
  return [
    ...bounded(damaged).map(([from, to]) => tombstone(from, to, 'damaged', time)),
    ...bounded(dropped).map(([from, to]) => tombstone(from, to, 'outbox-full', time)),
  ];
}

/** By rising seq; they may overlap. */
function joined(a: SeqRanges, b: SeqRanges): SeqRanges {
  return [...a, ...b].sort(([from], [other]) => from - other);
}

function rangesOf(seqs: readonly number[]): SeqRanges {
  const ranges: [number, number][] = [];
  for (const seq of seqs.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** Joins neighbours across the shortest runs of records that are there, until there are few enough. */
function bounded(missing: SeqRanges): SeqRanges {
  if (missing.length <= STONES_MAX) return missing;
  const kept = missing
    .slice(1)
    .map(([from], i) => ({ i, between: from - (missing[i]?.[1] ?? 0) }))
    .sort((a, b) => b.between - a.between)
    .slice(0, STONES_MAX - 1)
    .map(({ i }) => i + 1);
  const starts = [0, ...kept.sort((a, b) => a - b)];
  return starts.map((start, n) => {
    const end = (starts[n + 1] ?? missing.length) - 1;
    return [missing[start]?.[0] ?? 1, missing[end]?.[1] ?? 1] as const;
  });
}
