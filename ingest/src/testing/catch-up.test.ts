import { expect, it } from 'vitest';
import { measureCatchUp } from './catch-up.ts';
import { describeWithServer } from './servers.ts';

describeWithServer('influxd', 'making up for an outage', () => {
  it('brings every reading of it to InfluxDB', async () => {
    const found = await measureCatchUp({
      devices: 3,
      outageMs: 90_000,
      intervalMs: 1000,
      readingsPerMessage: 40,
    });
    expect(found.readings).toBe(270);
    expect(found.factor).toBeCloseTo(90_000 / found.catchUpMs, 6);
  });
});
