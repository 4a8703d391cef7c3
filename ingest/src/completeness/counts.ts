import type { CompletenessCounts } from '@jostle/contracts';

/** What became of records; all but the number that follows from it. */
export type Counts = Omit<CompletenessCounts, 'completeness'>;

/** The counts with their number: the share that came of what is expected, null where nothing is. */
export function withCompleteness(counts: Counts): CompletenessCounts {
  const { stored, late, refused, lost } = counts;
  const expected = stored + late + refused + lost;
  return { completeness: expected === 0 ? null : stored / expected, ...counts };
}

export function sumOf(parts: readonly Counts[]): Counts {
  const sum = (key: keyof Counts) => parts.reduce((total, one) => total + one[key], 0);
  return {
    ...{ stored: sum('stored'), late: sum('late'), dropped: sum('dropped'), refused: sum('refused') },
    ...{ lost: sum('lost'), inFlight: sum('inFlight'), undated: sum('undated') },
  };
}
