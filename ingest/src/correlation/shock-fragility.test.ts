import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FIRM_VELOCITY_RATIO } from './damage-boundary.ts';
import { shockDamageProbability } from './shock-fragility.ts';

const fragility = { criticalAccelerationG: 60, criticalVelocityChangeMps: 2.5 };

it.each([
  { m: 1, probability: 0.1 },
  { m: Math.sqrt(FIRM_VELOCITY_RATIO), probability: 0.5 },
  { m: FIRM_VELOCITY_RATIO, probability: 0.9 },
])('gives a tested product $probability at $m times its boundary', ({ m, probability }) => {
  expect(shockDamageProbability(60 * m, 2.5 * m, fragility)).toBeCloseTo(probability, 12);
});

it.each([
  { peakG: 60, velocityChangeMps: 2.54, probability: 0.5 },
  { peakG: 60, velocityChangeMps: 1.27, probability: 0.1 },
  { peakG: 30, velocityChangeMps: 9, probability: 0.1 },
])('gives an untested product $probability at $peakG g and $velocityChangeMps m/s', (row) => {
  expect(shockDamageProbability(row.peakG, row.velocityChangeMps, null)).toBeCloseTo(row.probability, 12);
});

it('expects nothing of a pulse that changes no velocity', () => {
  expect(shockDamageProbability(100, 0, fragility)).toBe(0);
});

it('never falls when a pulse becomes more severe', () => {
  const positive = fc.double({ min: 0, max: 1000, noNaN: true });
  fc.assert(
    fc.property(positive, positive, positive, positive, fc.boolean(), (a, v, da, dv, isTested) => {
      const known = isTested ? fragility : null;
      const milder = shockDamageProbability(a, v, known);
      expect(shockDamageProbability(a + da, v + dv, known)).toBeGreaterThanOrEqual(milder);
      expect(milder).toBeLessThanOrEqual(1);
    }),
  );
});
