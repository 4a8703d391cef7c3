import type { ExcursionBody } from '@jostle/contracts';
import { describe, expect, it } from 'vitest';
import { correlate } from './correlate.ts';
import { exampleAt, exampleCase, exampleDrop } from './example-case.ts';

/** The drop of the example, known to lie between two minutes only. */
function drop(earliest: number | null, latest: number) {
  const shock = exampleDrop({ impactAt: exampleAt(latest) });
  return { ...shock, bounded: { earliestAt: earliest === null ? null : exampleAt(earliest) } };
}

function heat(earliest: number, start: number, end: number) {
  const body: ExcursionBody = {
    sensor: 'sht31d-44',
    quantity: 'temperature',
    side: 'above',
    limit: 30,
    startedAt: exampleAt(start),
    endedAt: exampleAt(end),
    extreme: 60,
  };
  return { id: 'PI-1:x', device: 'PI-1', body, bounded: { earliestAt: exampleAt(earliest) } };
}

describe('an event whose time is only bounded', () => {
  it('belongs to a leg that holds all of its possible times', () => {
    const finding = correlate(exampleCase({ shocks: [drop(19, 25)] }));
    expect(finding).toMatchObject({
      verdict: 'transit-event',
      cause: { legId: 'LEG-3', shock: { timeQuality: 'bounded', earliestAt: '2026-03-01T09:49:00.000Z' } },
    });
    expect(finding.undated).toBeUndefined();
  });

  it.each([
    {
      why: 'over two legs',
      shock: drop(10, 25),
      words: 'between 1 March 2026 at 09:40 UTC and 1 March 2026 at 09:55 UTC',
    },
    {
      why: 'without an earliest one',
      shock: drop(null, 25),
      words: 'some time before 1 March 2026 at 09:55 UTC',
    },
    { why: 'beyond the end of the way', shock: drop(30, 50), words: 'between 1 March 2026 at 10:00 UTC' },
  ])(
    'belongs to no leg where its possible times reach $why, and weighs as not observed',
    ({ shock, words }) => {
      const finding = correlate(exampleCase({ shocks: [shock] }));
      expect(finding.verdict).toBe('undetermined');
      expect(finding.legs.flatMap((leg) => leg.shocks)).toEqual([]);
      expect(finding.undated?.shocks).toMatchObject([{ id: shock.id, timeQuality: 'bounded' }]);
      const shares = Object.fromEntries(finding.shares.map(({ kind, share }) => [kind, share]));
      expect(shares['unobserved']).toBeGreaterThan(0.9);
      expect(finding.explanation).toContain(`A recorder whose clock was not set saw, ${words}`);
      expect(finding.explanation).toContain('on which leg is not known.');
      expect(finding.method.assumptions.join()).toContain('of 1 events the leg is not known');
    },
  );

  it('is left out where the device did not travel with the shipment at any of them', () => {
    const windows = [{ device: 'PI-1', startsAt: exampleAt(30), endsAt: exampleAt(40) }];
    const finding = correlate(exampleCase({ shocks: [drop(2, 20)], windows }));
    expect(finding.undated).toBeUndefined();
  });

  it('is placed or not in the same way when it is an excursion, with its whole length', () => {
    const given = (excursion: ReturnType<typeof heat>) =>
      correlate(exampleCase({ damageKind: 'melted', shocks: [], excursions: [excursion] }));
    expect(given(heat(27, 30, 38)).cause).toMatchObject({ legId: 'LEG-4', excursion: { extreme: 60 } });
    const unplaced = given(heat(20, 30, 38));
    expect(unplaced.cause).toBeNull();
    expect(unplaced.undated?.excursions).toMatchObject([
      { extreme: 60, earliestAt: '2026-03-01T09:50:00.000Z' },
    ]);
    expect(unplaced.explanation).toContain('the temperature above its limit of 30 °C');
  });
});

it('says how much was watched at a time that is not known', () => {
  const finding = correlate(exampleCase({ undatedCoverageMs: 40 * 60_000 }));
  expect(finding.method.assumptions.join()).toContain(
    'for 40 minutes it watched, at a time that is not known',
  );
});
