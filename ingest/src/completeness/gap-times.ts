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
 * Tells when seqs were made, by the records before and after them. It is asked for each of many gaps: the steps are
 * sorted once and searched by halving.
 *
 * @param steps of the epoch
 * @param heardAt when the epoch was last heard: nothing of it was made later
 */
export function boundsFinder(
  steps: readonly DatedStep[],
  heardAt: number,
): (seqs: { fromSeq: number; toSeq: number }) => Bounds {
  const byFirst = steps.toSorted((a, b) => a.firstSeq - b.firstSeq);
  const byLast = steps.toSorted((a, b) => a.lastSeq - b.lastSeq);
  return ({ fromSeq, toSeq }) => {
    const before = byFirst[countWhere(byFirst, (step) => step.firstSeq < fromSeq) - 1];
    const after = byLast[countWhere(byLast, (step) => step.lastSeq <= toSeq)];
    // Where records of a step lie on both sides, those in it that are nearest are not known any more.
    const earliest = before === undefined ? null : before.lastSeq < fromSeq ? before.lastAt : before.firstAt;
    const latest = after === undefined ? heardAt : after.firstSeq > toSeq ? after.firstAt : after.lastAt;
    return { earliest: earliest === null ? null : Math.min(earliest, latest), latest };
  };
}

/** How many steps at the start of the list something holds for; it does for none behind them. */
function countWhere(steps: readonly DatedStep[], holds: (step: DatedStep) => boolean): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const step = steps[middle];
    if (step !== undefined && holds(step)) low = middle + 1;
    else high = middle;
  }
  return low;
}
