import { Check } from '@jostle/contracts/typebox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journey, pieceDurationMs } from '../world/journey.ts';
import { journeyWorld } from '../world/journey-world.ts';
import { seededRandom } from '../world/random.ts';
import { groundTruthOf, truthOf } from '../world/truth.ts';
import { fallHeightM, fallOrientation, kickMps, roughHandling, SURVEY } from './handling-survey.ts';
import { composeJourney, shortestJourneyMs } from './journey-composer.ts';

const SHORTEST_MS = shortestJourneyMs(SURVEY.eventsPerTrip);
const DAY_MS = 24 * 3_600_000;
const PLAN = { startsAt: Date.parse('2026-03-02T08:00:00Z'), durationMs: DAY_MS };

/** What a world gives to a chip that reads it, as bytes. */
function bytesOf(seed: number): Buffer {
  const world = journeyWorld(composeJourney(seed, PLAN), seed);
  const felt = new Float64Array(3);
  const samples = Float64Array.from({ length: 6000 }, (_, i) => {
    const at = PLAN.startsAt + i * 14_000.5;
    world.accelerationG(at, felt);
    return (felt[i % 3] ?? 0) + world.temperatureC(at) + world.relativeHumidityPct(at);
  });
  return Buffer.from(samples.buffer);
}

describe('a composed journey', () => {
  it('is the same journey, the same truth and the same world to the byte for the same seed', () => {
    const text = (seed: number) => JSON.stringify(groundTruthOf('DEV-1', composeJourney(seed, PLAN)));
    expect(JSON.stringify(composeJourney(7, PLAN))).toBe(JSON.stringify(composeJourney(7, PLAN)));
    expect(text(7)).toBe(text(7));
    expect(bytesOf(7).equals(bytesOf(7))).toBe(true);
    expect(text(7)).not.toBe(text(8));
    expect(bytesOf(7).equals(bytesOf(8))).toBe(false);
  });

  it('fits its schema, lasts as long as planned and goes from packing to the customer', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: SHORTEST_MS, max: 10 * DAY_MS }), (seed, durationMs) => {
        const journey = composeJourney(seed, { ...PLAN, durationMs });
        expect(Check(Journey, journey)).toBe(true);
        const lastsMs = journey.pieces.reduce((sum, piece) => sum + pieceDurationMs(piece), 0);
        expect(Math.abs(lastsMs / durationMs - 1)).toBeLessThan(0.15);
        expect(journey.custody?.map(({ leg }) => leg)).toEqual([
          'PACKING',
          'LINEHAUL',
          'HUB',
          'LAST-MILE',
          'DELIVERED',
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a plan into which a trip’s events do not fit', () => {
    expect(() => composeJourney(1, { ...PLAN, durationMs: SHORTEST_MS - 1 })).toThrow(/20 minutes/);
  });

  it('has each event in the hands of the custodian whose leg it is', () => {
    for (const event of truthOf(composeJourney(11, PLAN))) {
      if (event.kind === 'sorter-impact') expect(event.custodian).toMatch(/^HUB-/);
      if (event.kind === 'bump') expect(event.custodian).toMatch(/^COURIER-/);
      expect(event.leg).not.toBe('DELIVERED');
    }
  });
});

describe('the rough handling of 400 journeys', () => {
  const events = Array.from({ length: 400 }, (_, seed) => truthOf(composeJourney(seed, PLAN)))
    .flat()
    .filter((e) => !e.isRebound && ['drop', 'kick', 'toss'].includes(e.kind));

  it('has about 24 events a trip in the shares of the survey', () => {
    expect(Math.abs(events.length / 400 - SURVEY.eventsPerTrip)).toBeLessThan(1);
    for (const [kind, share] of Object.entries(SURVEY.share))
      expect(Math.abs(events.filter((e) => e.kind === kind).length / events.length - share)).toBeLessThan(
        0.02,
      );
  });
});

describe('the survey', () => {
  const random = seededRandom(5);
  const drawn = (of: () => number) => Array.from({ length: 20_000 }, of).toSorted((a, b) => a - b);
  it.each([
    ['drop heights', () => fallHeightM(SURVEY.dropM, random), SURVEY.dropM],
    ['toss heights', () => fallHeightM(SURVEY.tossM, random), SURVEY.tossM],
    ['kicks', () => kickMps(random), SURVEY.kickMps],
  ] as const)('gives %s with its 95th percentile and its maximum', (_name, of, { p95, most }) => {
    const values = drawn(of);
    expect(Math.abs((values[19_000] ?? 0) / p95 - 1)).toBeLessThan(0.04);
    expect(values.at(-1)).toBeLessThanOrEqual(most);
    expect(values.filter((v) => v === most).length / values.length).toBeLessThan(0.004);
  });

  it('lets more than nine of ten falls end on a corner', () => {
    const corners = Array.from({ length: 5000 }, () => fallOrientation(random)).filter((o) => o.length === 5);
    expect(corners.length / 5000).toBeGreaterThan(0.9);
    expect(corners.length / 5000).toBeLessThan(0.95);
  });

  it('knows three kinds of rough handling', () => {
    expect(new Set(Array.from({ length: 100 }, () => roughHandling(random))).size).toBe(3);
  });
});
