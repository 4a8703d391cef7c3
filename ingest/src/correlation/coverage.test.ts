import { expect, it } from 'vitest';
import { custodyGaps, GAP_REASONS, joinedGaps, stretchCoverage, watchedTime } from './coverage.ts';

const MINUTE = 60_000;
const span = (device: string, from: number, to: number, lostSamples = 0, samples = 48_000) => ({
  device,
  startsAt: from * MINUTE,
  endsAt: to * MINUTE,
  samples,
  lostSamples,
});
const window = (device: string, from: number, to: number) => ({
  device,
  startsAt: from * MINUTE,
  endsAt: to * MINUTE,
});
const tenMinutes = { startsAt: 0, endsAt: 10 * MINUTE };

it('gives each gap its reason', () => {
  const watched = watchedTime(
    [window('A', 2, 10)],
    [span('A', 0, 4), span('A', 6, 8, 24_000, 24_000), span('A', 8, 12)],
  );
  expect(stretchCoverage(tenMinutes, watched)).toEqual({
    observed: [
      { startsAt: 2 * MINUTE, endsAt: 4 * MINUTE },
      { startsAt: 6 * MINUTE, endsAt: 7 * MINUTE },
      { startsAt: 8 * MINUTE, endsAt: 10 * MINUTE },
    ],
    gaps: [
      { startsAt: 0, endsAt: 2 * MINUTE, reason: GAP_REASONS.noDevice },
      { startsAt: 4 * MINUTE, endsAt: 6 * MINUTE, reason: GAP_REASONS.silent },
      { startsAt: 7 * MINUTE, endsAt: 8 * MINUTE, reason: GAP_REASONS.lost },
    ],
  });
});

it('lets one device fill the gap of another', () => {
  const watched = watchedTime([window('A', 0, 10), window('B', 0, 10)], [span('A', 0, 6), span('B', 5, 10)]);
  expect(stretchCoverage(tenMinutes, watched).gaps).toEqual([]);
});

it('does not count what a device watched elsewhere', () => {
  const watched = watchedTime([window('A', 0, 3)], [span('A', 0, 10), span('B', 0, 10)]);
  expect(stretchCoverage(tenMinutes, watched).observed).toEqual([{ startsAt: 0, endsAt: 3 * MINUTE }]);
});

it('takes less than a second between two spans, or before the first, for stamping and not for silence', () => {
  const first = { ...span('A', 0, 5), startsAt: 3 };
  const late = { ...span('A', 5, 10), startsAt: 5 * MINUTE + 900 };
  const watched = watchedTime([window('A', 0, 10)], [late, first]);
  expect(stretchCoverage(tenMinutes, watched)).toEqual({ observed: [tenMinutes], gaps: [] });
});

it('counts a span without any sample as lost', () => {
  const watched = watchedTime([window('A', 0, 10)], [span('A', 0, 10, 0, 0)]);
  expect(stretchCoverage(tenMinutes, watched).gaps).toEqual([{ ...tenMinutes, reason: GAP_REASONS.lost }]);
});

it('names the times between legs in which nobody held the shipment', () => {
  const leg = (from: number, to: number) => ({
    ...window('', from, to),
    id: `L${from}`,
    mode: 'road' as const,
    custodian: 'C',
    custodianName: 'C',
    from: 'A',
    to: 'B',
  });
  expect(custodyGaps([leg(5, 8), leg(0, 4)])).toEqual([
    { startsAt: 4 * MINUTE, endsAt: 5 * MINUTE, reason: GAP_REASONS.noLeg },
  ]);
  expect(custodyGaps([])).toEqual([]);
});

it('joins gaps that touch and have one reason', () => {
  const gap = (from: number, to: number) => ({ startsAt: from, endsAt: to, reason: GAP_REASONS.silent });
  expect(joinedGaps([gap(5, 9), gap(1, 5), gap(10, 12)])).toEqual([gap(1, 9), gap(10, 12)]);
});
