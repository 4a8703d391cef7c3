import { Check, Compile } from '@jostle/contracts/typebox';
import { expect, it } from 'vitest';
import { DEFAULT_SENSING, SensingConfig } from './sensing-config.ts';

it('accepts the recommended kit', () => {
  expect([...Compile(SensingConfig).Errors(DEFAULT_SENSING)]).toEqual([]);
});

it.each([
  { ...DEFAULT_SENSING, climateIntervalMs: 10 },
  { ...DEFAULT_SENSING, climate: [{ chip: 'dht22', address: 0x44 }] },
  { ...DEFAULT_SENSING, climate: [{ chip: 'sht31d', address: 0x80 }] },
  { ...DEFAULT_SENSING, climateLimits: [{ quantity: 'temperature', side: 'above', limit: 8 }] },
])('refuses what no bus can have: %o', (config) => {
  expect(Check(SensingConfig, config)).toBe(false);
});
