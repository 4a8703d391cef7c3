import {
  type CompletenessCounts,
  type FindingCompleteness,
  type MissingRecords,
  textTable,
} from '@jostle/contracts';

const WHOLE = new Intl.NumberFormat('en-GB');

export const COUNT_TITLES = ['complete', 'stored', 'late', 'dropped', 'refused', 'lost', 'in flight'];

/** One row of a table under `COUNT_TITLES`. */
export function countCells(counts: CompletenessCounts): (string | number)[] {
  const { completeness, stored, late, dropped, refused, lost, inFlight } = counts;
  return [completePercent(completeness), stored, late, dropped, refused, lost, inFlight];
}

/** Never rounded up to whole: 100 % means that nothing that is known of is missing. */
export function completePercent(completeness: number | null): string {
  if (completeness === null) return 'nothing yet';
  return `${(Math.floor(completeness * 10_000) / 100).toFixed(2)} %`;
}

/** "99.84 % (12,480 of 12,500 records; 20 late)". */
export function completenessLine(counts: CompletenessCounts): string {
  const { stored, late, dropped, refused, lost, inFlight } = counts;
  const others: [number, string][] = [
    [late, 'late'],
    [dropped, 'dropped'],
    [refused, 'refused'],
    [lost, 'lost'],
    [inFlight, 'in flight'],
  ];
  const named = others
    .filter(([records]) => records > 0)
    .map(([records, state]) => `${WHOLE.format(records)} ${state}`);
  const expected = stored + late + refused + lost;
  const came = `${WHOLE.format(stored)} of ${WHOLE.format(expected)} records`;
  const rest = named.length === 0 ? '' : `; ${named.join(', ')}`;
  return `${completePercent(counts.completeness)} (${came}${rest})`;
}

/** What a finding says of completeness: the number, then each device where there are several, then what is missing. */
export function findingCompletenessText(
  completeness: FindingCompleteness,
  missing: readonly MissingRecords[],
): string[] {
  const { devices } = completeness;
  return [
    `Completeness: ${completenessLine(completeness)}`,
    ...(devices.length < 2
      ? []
      : [
          textTable(
            ['device', ...COUNT_TITLES],
            devices.map((row) => [row.device, ...countCells(row)]),
          ),
        ]),
    ...devices.flatMap(({ device, silentFrom }) =>
      silentFrom === null
        ? []
        : [`Nothing was heard of ${device} from ${silentFrom} on: what it recorded after that is not known.`],
    ),
    ...(missing.length === 0
      ? []
      : [
          textTable(
            ['device', 'count', 'state', 'why', 'made after', 'made before'],
            missing.map((gap) => [
              ...[gap.device, gap.records, gap.state, gap.reason, gap.earliest, gap.latest],
            ]),
          ),
        ]),
  ];
}
