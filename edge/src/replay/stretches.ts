import type { SampleBlock } from '../detection/index.ts';
import type { Recording } from './recording.ts';

/** Time stamps further apart than this many periods enclose missing samples. */
const GAP_PERIODS = 3;

export interface Gap {
  /** Time of the last sample before it, s. */
  atS: number;
  lastsS: number;
}

export interface Stretches {
  /** Parts without gaps; each with its own mean period. */
  blocks: SampleBlock[];
  /** One between each two blocks. */
  gaps: Gap[];
  /** Samples per second, gaps left out. */
  rateHz: number;
}

/** Cuts a recording where samples are missing and evens out the jitter of its time stamps. */
export function stretchesOf({ timesS, xyz }: Recording): Stretches {
  const steps = Float64Array.from({ length: timesS.length - 1 }, (_, i) => stepAfter(timesS, i));
  const median = steps.slice().sort()[steps.length >> 1] as number;
  const blocks: SampleBlock[] = [];
  const gaps: Gap[] = [];
  let from = 0;
  for (let i = 0; i < timesS.length; i++) {
    const step = steps[i];
    if (step !== undefined && step <= GAP_PERIODS * median) continue;
    const startS = timesS[from] as number;
    const endS = timesS[i] as number;
    const periodS = i > from ? (endS - startS) / (i - from) : median;
    blocks.push({
      startMs: startS * 1000,
      periodMs: periodS * 1000,
      xyz: xyz.subarray(from * 3, (i + 1) * 3),
    });
    if (step !== undefined) gaps.push({ atS: endS, lastsS: step });
    from = i + 1;
  }
  const missingS = gaps.reduce((sum, gap) => sum + gap.lastsS, 0);
  const recordedS = (timesS.at(-1) ?? 0) - (timesS[0] ?? 0) - missingS;
  return { blocks, gaps, rateHz: (steps.length - gaps.length) / recordedS };
}

function stepAfter(timesS: Float64Array, index: number): number {
  return (timesS[index + 1] as number) - (timesS[index] as number);
}
