import { chainAfter, chainStart, type DeviceRecord } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EPOCH, makeRecord } from '../testing/records.ts';
import { type ChainRange, joinRun } from './chain-rules.ts';

const RECORDS = Array.from({ length: 30 }, (_, i) => makeRecord(i + 1, 'climate', { ageMs: i }));
const LINKS = [chainStart(EPOCH)];
for (const record of RECORDS) LINKS.push(chainAfter(LINKS.at(-1) ?? '', record));

const runOf = (from: number, to: number, records: readonly DeviceRecord[] = RECORDS) => ({
  chainBefore: LINKS[from - 1] ?? '',
  records: records.slice(from - 1, to),
});

function follow(runs: ReturnType<typeof runOf>[]): { ranges: ChainRange[]; breaks: number[] } {
  let ranges: ChainRange[] = [];
  const breaks: number[] = [];
  for (const run of runs) {
    const joined = joinRun(ranges, EPOCH, run);
    ranges = joined.ranges;
    breaks.push(...joined.breaks);
  }
  return { ranges, breaks };
}

const changed = RECORDS.map((record) =>
  record.seq === 7 ? makeRecord(7, 'climate', { temperatureC: -4 }) : record,
);

describe('a chain', () => {
  it('is whole whatever the order, the cut and the repetition of its runs', () => {
    const run = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
      .map(([a, b]) => runOf(Math.min(a, b), Math.max(a, b)));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const { ranges, breaks } = follow([...runs, runOf(1, 30)]);
        expect(breaks).toEqual([]);
        expect(ranges).toEqual([{ fromSeq: 1, toSeq: 30, before: LINKS[0], after: LINKS[30] }]);
      }),
    );
  });

  it.each([
    ['behind the changed one', [runOf(1, 6), runOf(7, 9, changed), runOf(10, 12)], [10]],
    ['behind the changed one that came later', [runOf(10, 12), runOf(7, 9, changed), runOf(1, 6)], [10]],
    ['behind what is repeated in front of it', [runOf(1, 8, changed), runOf(9, 12)], [9]],
    ['in a longer run that holds what is known', [runOf(7, 9, changed), runOf(1, 12)], [10]],
    ['at its start', [{ ...runOf(1, 3), chainBefore: 'x'.repeat(43) }], [1]],
  ])('is broken once, %s', (_name, runs, breaks) => {
    const { ranges } = follow(runs);
    expect(follow(runs).breaks).toEqual(breaks);
    expect(follow([...runs, ...runs]).breaks).toEqual(breaks);
    expect(ranges).toHaveLength(1);
  });

  it('says nothing over a gap', () => {
    expect(follow([runOf(1, 6), runOf(8, 12, changed)]).breaks).toEqual([]);
  });
});
