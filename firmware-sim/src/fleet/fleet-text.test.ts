import { MINUTE_MS } from '@jostle/contracts';
import { expect, it } from 'vitest';
import type { FleetReport } from './fleet.ts';
import { devicesPerProcessor, progressLine, realTimeFactor, summaryTable } from './fleet-text.ts';

const REPORT: FleetReport = {
  devices: 100,
  connected: 99,
  generated: 5000,
  confirmed: 4990,
  waiting: 10,
  incidents: 40,
  shocks: 45,
  livedMs: 10 * MINUTE_MS,
  deviceMs: 950 * MINUTE_MS,
  tookMs: 4 * MINUTE_MS,
  processorMs: 5 * MINUTE_MS,
  memoryBytes: 200 * 1024 ** 2,
};

it('a report says how fast the fleet lived and what a processor could carry', () => {
  expect(realTimeFactor(REPORT)).toBe(2.5);
  expect(devicesPerProcessor(REPORT)).toBe(190);
  expect(realTimeFactor({ ...REPORT, tookMs: 0 })).toBe(0);
  expect(progressLine(REPORT)).toBe(
    '10.0 min lived · 2.50 × real time · 99/100 connected · 5000 records · 4990 confirmed · 200 MiB',
  );
  expect(summaryTable(REPORT)).toMatch(/records waiting +10\n[\s\S]*200 MiB, 2048 KiB a device/);
});
