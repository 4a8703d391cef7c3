import { describe, expect, test } from 'vitest';
import { dewPointC } from './dew-point.ts';
import { equivalentDropHeightM } from './drop-height.ts';
import { capturedPeakFraction } from './sampling-floor.ts';

describe('dew point', () => {
  test.each([
    [25, 10, -8.774],
    [50, 90, 47.902],
    [20, 50, 9.255],
    [25, 50, 13.852],
    [5, 80, 1.834],
  ])('of %d °C and %d %%RH is %d °C', (temperatureC, relativeHumidityPct, expected) => {
    expect(dewPointC(temperatureC, relativeHumidityPct)).toBeCloseTo(expected, 3);
  });

  test('of saturated air is its temperature', () => {
    expect(dewPointC(17.3, 100)).toBeCloseTo(17.3, 9);
  });
});

describe('equivalent drop height', () => {
  test.each([
    [0, 1.2746],
    [0.25, 0.8158],
    [0.5, 0.5665],
    [0.75, 0.4162],
    [1, 0.3187],
  ])('of 5 m/s with a restitution of %d is %d m', (restitution, expected) => {
    expect(equivalentDropHeightM(5, restitution)).toBeCloseTo(expected, 4);
  });
});

describe('sampling floor', () => {
  test.each([
    [3200, 2, 0.97],
    [1600, 2, 0.882],
    [800, 2, 0.556],
    [400, 2, 0],
    [3200, 11, 0.999],
    [1600, 11, 0.996],
    [800, 11, 0.984],
    [400, 11, 0.937],
    [100, 11, 0.142],
  ])('at %d Hz a pulse of %d ms shows at least %d of its peak', (rateHz, durationMs, expected) => {
    expect(capturedPeakFraction(rateHz, durationMs)).toBeCloseTo(expected, 3);
  });
});
