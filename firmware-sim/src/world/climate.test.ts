import { describe, expect, it } from 'vitest';
import { type ClimateEpisode, climateAlong, outsideShare } from './climate.ts';

const HOUR_MS = 3_600_000;
const COLD = [{ afterMs: 0, temperatureC: 5, relativeHumidityPct: 70 }];
const FAILURE: ClimateEpisode = {
  kind: 'reefer-failure',
  afterMs: HOUR_MS,
  durationMs: 4 * HOUR_MS,
  outsideC: 30,
  outsidePct: 50,
};

describe('a climate episode', () => {
  it('leaves the air alone before it begins', () => {
    expect(climateAlong(COLD, [FAILURE])(HOUR_MS)).toMatchObject({
      temperatureC: 5,
      relativeHumidityPct: 70,
    });
  });

  it('lets the air of a failed reefer climb as a first-order lag: 63 % of the way in a time constant', () => {
    const airAt = climateAlong(COLD, [FAILURE]);
    expect(airAt(5 * HOUR_MS).temperatureC).toBeCloseTo(5 + 25 * (1 - Math.exp(-1)), 9);
    expect(airAt(5 * HOUR_MS).relativeHumidityPct).toBeCloseTo(70 - 20 * (1 - Math.exp(-1)), 9);
    expect(airAt(6 * HOUR_MS).temperatureC).toBeCloseTo(5 + 25 * (1 - Math.exp(-1)) * Math.exp(-1), 9);
  });

  it('by an open door is fast, and the lag can be given', () => {
    const door: ClimateEpisode = { ...FAILURE, kind: 'door-open' };
    expect(outsideShare(door, HOUR_MS + 600_000)).toBeCloseTo(1 - Math.exp(-1));
    expect(outsideShare({ ...door, lagMs: 60_000 }, HOUR_MS + 60_000)).toBeCloseTo(1 - Math.exp(-1));
  });

  it('never leaves the range between inside and outside, whatever overlaps', () => {
    const airAt = climateAlong(COLD, [FAILURE, { ...FAILURE, kind: 'door-open', outsideC: 12 }]);
    for (let ms = 0; ms < 24 * HOUR_MS; ms += HOUR_MS / 7) {
      expect(airAt(ms).temperatureC).toBeGreaterThanOrEqual(5);
      expect(airAt(ms).temperatureC).toBeLessThanOrEqual(30);
    }
  });

  it('composes with a climate that changes by itself', () => {
    const warming = [...COLD, { afterMs: 10 * HOUR_MS, temperatureC: 15, relativeHumidityPct: 70 }];
    const share = outsideShare(FAILURE, 3 * HOUR_MS);
    expect(climateAlong(warming, [FAILURE])(3 * HOUR_MS).temperatureC).toBeCloseTo(8 + share * 22);
  });
});
