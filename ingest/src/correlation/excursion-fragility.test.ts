import { expect, it } from 'vitest';
import { excursionDamageProbability, productLimit } from './excursion-fragility.ts';

const HOUR_MS = 3_600_000;
const limits = { minTemperatureC: 2, maxTemperatureC: 8, minHumidityPct: null, maxHumidityPct: 60 };
const warm = { quantity: 'temperature', side: 'above', limit: 30, extreme: 18 } as const;

it('weighs an excursion against the limit of the product, not that of the device', () => {
  expect(excursionDamageProbability(warm, HOUR_MS, limits)).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(excursionDamageProbability(warm, HOUR_MS, null)).toBe(0);
});

it('grows with the excess and with the time', () => {
  const short = excursionDamageProbability(warm, HOUR_MS, limits);
  expect(excursionDamageProbability(warm, 2 * HOUR_MS, limits)).toBeGreaterThan(short);
  expect(excursionDamageProbability({ ...warm, extreme: 25 }, HOUR_MS, limits)).toBeGreaterThan(short);
});

it('expects nothing of a value within the limit of the product', () => {
  expect(excursionDamageProbability({ ...warm, extreme: 7 }, HOUR_MS, limits)).toBe(0);
});

it.each([
  { quantity: 'temperature', side: 'above', limit: 8 },
  { quantity: 'temperature', side: 'below', limit: 2 },
  { quantity: 'humidity', side: 'above', limit: 60 },
  { quantity: 'humidity', side: 'below', limit: null },
] as const)('finds the limit of $quantity $side', ({ quantity, side, limit }) => {
  expect(productLimit({ quantity, side }, limits)).toBe(limit);
});

it('counts falling below a limit as an excess', () => {
  const frost = { quantity: 'temperature', side: 'below', limit: 2, extreme: -8 } as const;
  expect(excursionDamageProbability(frost, HOUR_MS, limits)).toBeCloseTo(1 - Math.exp(-1), 12);
});
