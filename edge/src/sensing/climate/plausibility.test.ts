import { expect, it } from 'vitest';
import { implausibleQuantity } from './plausibility.ts';

it.each([
  { chip: 'sht31d', reading: { temperatureC: 125, relativeHumidityPct: 0 }, wrong: null },
  { chip: 'sht31d', reading: { temperatureC: 125.1, relativeHumidityPct: 0 }, wrong: 'temperature' },
  { chip: 'sht31d', reading: { temperatureC: -45, relativeHumidityPct: 0 }, wrong: 'temperature' },
  { chip: 'sht31d', reading: { temperatureC: Number.NaN, relativeHumidityPct: 0 }, wrong: 'temperature' },
  { chip: 'bme280', reading: { temperatureC: 90, relativeHumidityPct: 50 }, wrong: 'temperature' },
  { chip: 'bme280', reading: { temperatureC: 20, relativeHumidityPct: 100.5 }, wrong: 'humidity' },
  {
    chip: 'bme280',
    reading: { temperatureC: 20, relativeHumidityPct: 50, pressureHpa: 0 },
    wrong: 'pressure',
  },
  { chip: 'bme280', reading: { temperatureC: 20, relativeHumidityPct: 50, pressureHpa: 1013 }, wrong: null },
  { chip: 'tmp117', reading: { temperatureC: -55 }, wrong: null },
  { chip: 'tmp117', reading: { temperatureC: 150.1 }, wrong: 'temperature' },
  { chip: 'bmp280', reading: { temperatureC: 20, pressureHpa: 1101 }, wrong: 'pressure' },
] as const)('of $reading a $chip cannot have measured: $wrong', ({ chip, reading, wrong }) => {
  const found = implausibleQuantity(chip, reading);
  if (wrong === null) expect(found).toBeNull();
  else expect(found).toContain(wrong);
});
