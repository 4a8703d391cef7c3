import { expect, it } from 'vitest';
import { START_MS } from '../testing/records.ts';
import { pointLines } from './point-line.ts';
import { climatePoint, SHOCK } from './telemetry-contract.ts';

const at = (seq: number) => `${START_MS + seq * 1000}${String(seq).padStart(6, '0')}`;

it.each([
  [{ temperatureC: 20 }, 'temp_c=20'],
  [{ relativeHumidityPct: 40.5 }, 'rh_pct=40.5'],
  [{ pressureHpa: 1013 }, 'pressure_hpa=1013'],
  [{ temperatureC: -1e-7, pressureHpa: 1013 }, 'temp_c=-1e-7,pressure_hpa=1013'],
  [{ relativeHumidityPct: 0, pressureHpa: 1013 }, 'rh_pct=0,pressure_hpa=1013'],
  [{ temperatureC: 1, relativeHumidityPct: 2, pressureHpa: 3 }, 'temp_c=1,rh_pct=2,pressure_hpa=3'],
])('writes %o as %s', (values, fields) => {
  expect(pointLines([climatePoint(5, 0, { values })])).toBe(`env,device=DEV-1 ${fields} ${at(5)}`);
});

it('gives each point its own device, escaped, and its own time', () => {
  const points = [
    climatePoint(1, 1),
    climatePoint(2, 2, { deviceId: 'a b,c=d' }),
    climatePoint(1_000_002, 3, { deviceId: 'a b,c=d', measuredAt: START_MS }),
    SHOCK,
    climatePoint(3, 4, { measuredAt: -5 }),
  ];
  expect(pointLines(points).split('\n')).toEqual([
    `env,device=DEV-1 temp_c=1 ${at(1)}`,
    `env,device=a\\ b\\,c\\=d temp_c=2 ${at(2)}`,
    `env,device=a\\ b\\,c\\=d temp_c=3 ${START_MS}000002`,
    `shock,device=DEV-1 peak_g=93,dur_ms=6,dv_mps=4.8,impact_class="drop" ${START_MS}000077`,
    'env,device=DEV-1 temp_c=4 -4999997',
  ]);
});
