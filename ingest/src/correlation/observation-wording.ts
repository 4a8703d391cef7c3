import { type Finding, MINUTE_MS } from '@jostle/contracts';
import { durationInWords, instantInWords, listInWords } from './wording.ts';

const GAPS_NAMED = 3;

/** How much of the way was watched, and the longest stretches that were not. */
export function observationInWords({
  observedMinutes,
  unobservedMinutes,
  gaps,
}: Pick<Finding, 'observedMinutes' | 'unobservedMinutes' | 'gaps'>): string {
  const whole = durationInWords((observedMinutes + unobservedMinutes) * MINUTE_MS);
  if (observedMinutes + unobservedMinutes === 0) return 'No leg of its way is on record.';
  if (unobservedMinutes * MINUTE_MS < 1000) return `The whole way (${whole}) was observed.`;
  const observed =
    observedMinutes === 0
      ? `Nothing of the way (${whole}) was observed`
      : `Of the way (${whole}), ${durationInWords(Math.floor(observedMinutes) * MINUTE_MS)} were observed`;
  const longest = gaps.toSorted((a, b) => lengthMs(b) - lengthMs(a)).slice(0, GAPS_NAMED);
  const named = listInWords(
    longest.map(
      (gap) => `${durationInWords(lengthMs(gap))} from ${instantInWords(gap.startsAt)} (${gap.reason})`,
    ),
  );
  const more = gaps.length > GAPS_NAMED ? ` and ${gaps.length - GAPS_NAMED} more` : '';
  return `${observed}; not observed: ${named}${more}.`;
}

function lengthMs(gap: { startsAt: string; endsAt: string }): number {
  return Date.parse(gap.endsAt) - Date.parse(gap.startsAt);
}
