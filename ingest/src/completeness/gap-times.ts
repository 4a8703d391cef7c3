/** A span of time, ms; null where nothing limits it. */
export interface Bounds {
  earliest: number | null;
  latest: number | null;
}

/** Records of one boot that were made within one step. */
export interface DatedStep {
  firstSeq: number;
  lastSeq: number;
  firstAt: number;
  lastAt: number;
}

/**
 * When seqs were made, by the records before and after them.
 *
 * @param steps of the epoch
 * @param heardAt when the epoch was last heard: nothing of it was made later
 */
export function boundsOf(
  { fromSeq, toSeq }: { fromSeq: number; toSeq: number },
  steps: readonly DatedStep[],
  heardAt: number,
): Bounds {
  let before: DatedStep | undefined;
  let after: DatedStep | undefined;
  for (const step of steps) {
    if (step.firstSeq < fromSeq && (before === undefined || step.firstSeq > before.firstSeq)) before = step;
    if (step.lastSeq > toSeq && (after === undefined || step.lastSeq < after.lastSeq)) after = step;
  }
  // Where records of a step lie on both sides, those in it that are nearest are not known any more.
  const earliest = before === undefined ? null : before.lastSeq < fromSeq ? before.lastAt : before.firstAt;
  const latest = after === undefined ? heardAt : after.firstSeq > toSeq ? after.firstAt : after.lastAt;
  return { earliest: earliest === null ? null : Math.min(earliest, latest), latest };
}
