import { expect, it } from 'vitest';
import { hazardOf, probabilityOf, sharesOf } from './hazards.ts';

it('turns probabilities into hazards and back', () => {
  expect([0.02, 0.3, 0.05].map((f) => Number(hazardOf(f).toFixed(5)))).toEqual([0.0202, 0.35667, 0.05129]);
  expect(probabilityOf(hazardOf(0.3))).toBeCloseTo(0.3, 12);
});

it('divides three legs by their hazards', () => {
  const shares = sharesOf([0.02, 0.3, 0.05].map(hazardOf));
  expect(shares.map((s) => Number(s.toFixed(4)))).toEqual([0.0472, 0.833, 0.1198]);
});

it('divides three legs and a background of one in a hundred', () => {
  const shares = sharesOf([0.02, 0.3, 0.05, 0.01].map(hazardOf));
  expect(shares.map((s) => Number(s.toFixed(4)))).toEqual([0.0461, 0.8139, 0.117, 0.0229]);
});

it('keeps the hazard of a certain event finite', () => {
  expect(Number.isFinite(hazardOf(1))).toBe(true);
});
