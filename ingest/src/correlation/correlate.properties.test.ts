import { GAP_STATES } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correlate } from './correlate.ts';
import { exampleAt, exampleCase, exampleDrop } from './example-case.ts';
import type { ReturnCase } from './return-case.ts';

const shock = fc
  .record({
    minute: fc.double({ min: -2, max: 42, noNaN: true }),
    peakG: fc.double({ min: 1, max: 300, noNaN: true }),
    velocityChangeMps: fc.double({ min: 0, max: 12, noNaN: true }),
    device: fc.constantFrom('PI-1', 'PI-2'),
  })
  .map(({ minute, peakG, velocityChangeMps, device }) => ({
    impactAt: Math.round(exampleAt(minute)),
    peakG,
    velocityChangeMps,
    device,
  }));

const someCase = fc
  .record({
    shocks: fc.array(shock, { maxLength: 6 }),
    watched: fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
    legs: fc.subarray(exampleCase().legs),
    isTested: fc.boolean(),
    damageKind: fc.constantFrom('shattered', 'scratched', 'cracked', 'unknown'),
  })
  .map(({ shocks, watched, legs, isTested, damageKind }): ReturnCase => {
    const example = exampleCase();
    return {
      ...example,
      damageKind,
      legs,
      product: isTested ? example.product : { ...example.product, fragility: null },
      windows: ['PI-1', 'PI-2'].map((device) => ({ device, startsAt: exampleAt(0), endsAt: exampleAt(40) })),
      coverage: example.coverage.filter((_, i) => watched[i] === true),
      shocks: shocks.map(({ impactAt, peakG, velocityChangeMps, device }, i) =>
        exampleDrop(
          { impactAt, velocityChangeMps, peakG: { x: 0, y: 0, z: peakG, resultant: peakG } },
          `${device}:e:${i}`,
          device,
        ),
      ),
    };
  });

const unobservedShare = (given: ReturnCase) =>
  correlate(given).shares.find((share) => share.kind === 'unobserved')?.share ?? 0;

it('gives shares that sum to 1', () => {
  fc.assert(
    fc.property(someCase, (given) => {
      const { shares } = correlate(given);
      expect(Math.abs(shares.reduce((sum, { share }) => sum + share, 0) - 1)).toBeLessThan(1e-12);
    }),
  );
});

it('never lowers the share of a leg because an event of it is more severe', () => {
  fc.assert(
    fc.property(someCase, fc.nat(), fc.double({ min: 1, max: 5, noNaN: true }), (given, pick, factor) => {
      const chosen = given.shocks[pick % Math.max(1, given.shocks.length)];
      fc.pre(chosen !== undefined);
      const { peakG, velocityChangeMps } = chosen.body;
      const body = {
        ...chosen.body,
        peakG: { ...peakG, resultant: peakG.resultant * factor },
        velocityChangeMps: velocityChangeMps * factor,
      };
      const shocks = given.shocks.map((one) => (one === chosen ? { ...one, body } : one));
      const before = correlate(given);
      const after = correlate({ ...given, shocks });
      const i = before.legs.findIndex((leg) => leg.shocks.some((s) => s.id === chosen.id));
      fc.pre(i >= 0);
      expect(after.legs[i]?.share).toBeGreaterThanOrEqual((before.legs[i]?.share ?? 0) - 1e-12);
    }),
  );
});

it('gives the same finding whatever the order of the rows', () => {
  fc.assert(
    fc.property(someCase, (given) => {
      const turned: ReturnCase = {
        ...given,
        legs: given.legs.toReversed(),
        windows: given.windows.toReversed(),
        shocks: given.shocks.toReversed(),
        coverage: given.coverage.toReversed(),
      };
      expect(correlate(turned)).toEqual(correlate(given));
    }),
  );
});

it('only raises the share of unobserved time when a minute of coverage is missing', () => {
  fc.assert(
    fc.property(someCase, fc.nat(), (given, pick) => {
      fc.pre(given.coverage.length > 0 && given.legs.length > 0);
      const coverage = given.coverage.toSpliced(pick % given.coverage.length, 1);
      const [before, after] = [correlate(given), correlate({ ...given, coverage })];
      expect(unobservedShare({ ...given, coverage })).toBeGreaterThanOrEqual(unobservedShare(given) - 1e-12);
      for (const [i, leg] of after.legs.entries())
        expect(leg.share).toBeLessThanOrEqual((before.legs[i]?.share ?? 0) + 1e-12);
    }),
  );
});

it('judges no other way because records are late, in flight, dropped, refused or lost', () => {
  const gap = { device: 'PI-1', reason: null, earliest: null, latest: null };
  fc.assert(
    fc.property(
      someCase,
      fc.constantFrom(...GAP_STATES),
      fc.integer({ min: 1, max: 99 }),
      (given, state, records) => {
        const none = { late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 1, undated: 0 };
        const counts = { completeness: 0.5, stored: records, ...none, [state]: records };
        const completeness = { ...counts, devices: [{ device: 'PI-1', ...counts, silentFrom: null }] };
        const whole = correlate(given);
        const holed = correlate({ ...given, completeness, missing: [{ ...gap, state, records }] });
        expect(holed).toEqual({
          ...whole,
          completeness,
          missing: [{ ...gap, state, records }],
          explanation: expect.stringMatching(/may still come: what .* not known yet/),
        });
      },
    ),
  );
});

it('accounts for every minute of the way, as observed or as a gap', () => {
  fc.assert(
    fc.property(someCase, (given) => {
      fc.pre(given.legs.length > 0);
      const { observedMinutes, unobservedMinutes, gaps } = correlate(given);
      const way =
        Math.max(...given.legs.map((leg) => leg.endsAt)) - Math.min(...given.legs.map((leg) => leg.startsAt));
      const gapMs = gaps.reduce((sum, g) => sum + Date.parse(g.endsAt) - Date.parse(g.startsAt), 0);
      expect(observedMinutes + unobservedMinutes).toBeCloseTo(way / 60_000, 9);
      expect(unobservedMinutes).toBeCloseTo(gapMs / 60_000, 9);
    }),
  );
});
