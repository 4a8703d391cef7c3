import type { CompletenessCounts } from '@jostle/contracts';

const WHOLE = new Intl.NumberFormat('en-GB');

/** "12,480". */
export function countText(records: number): string {
  return WHOLE.format(records);
}

/** Never rounded up to whole: 100 % means that nothing that is known of is missing. */
export function completePercentText(completeness: number | null): string {
  if (completeness === null) return 'nothing yet';
  return `${(Math.floor(completeness * 10_000) / 100).toFixed(2)} %`;
}

/** "99.84 % (12,480 of 12,500 records; 20 late)". */
export function completenessText(counts: CompletenessCounts): string {
  const { completeness, stored, late, refused, lost } = counts;
  const came = `${countText(stored)} of ${countText(stored + late + refused + lost)} records`;
  return `${completePercentText(completeness)} (${[came, ...othersText(counts)].join('; ')})`;
}

/** "99.84 %, 20 to come". */
export function shortCompletenessText({ completeness, late, inFlight }: CompletenessCounts): string {
  const percent = completePercentText(completeness);
  return late + inFlight === 0 ? percent : `${percent}, ${countText(late + inFlight)} to come`;
}

/** Everything that is not stored, as one part of a line; nothing where all is. */
function othersText({ late, dropped, refused, lost, inFlight }: CompletenessCounts): string[] {
  const others: [number, string][] = [
    [late, 'late'],
    [dropped, 'dropped'],
    [refused, 'refused'],
    [lost, 'lost'],
    [inFlight, 'in flight'],
  ];
  const named = others.filter(([records]) => records > 0);
  if (named.length === 0) return [];
  return [named.map(([records, state]) => `${countText(records)} ${state}`).join(', ')];
}
