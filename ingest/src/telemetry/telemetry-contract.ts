import { pointTimeNs, pointTimeText } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { EPOCH, START_MS } from '../testing/records.ts';
import { HOUR_MS, type TelemetryPoint, type TelemetryStore } from './telemetry-store.ts';

export function climatePoint(
  seq: number,
  temperatureC: number,
  part: Partial<Extract<TelemetryPoint, { kind: 'climate' }>> = {},
): TelemetryPoint {
  return {
    kind: 'climate',
    deviceId: 'DEV-1',
    epoch: EPOCH,
    measuredAt: START_MS + seq * 1000,
    seq,
    values: { temperatureC },
    ...part,
  };
}

export const SHOCK: TelemetryPoint = {
  kind: 'shock',
  deviceId: 'DEV-1',
  epoch: EPOCH,
  measuredAt: START_MS,
  seq: 77,
  values: { peakG: 93, durationMs: 6, velocityChangeMps: 4.8, impactClass: 'drop' },
};

/** What every telemetry store keeps to; each adapter runs it. */
export function telemetryContract(open: () => Promise<TelemetryStore>): void {
  const minute = (store: TelemetryStore, maxPoints = 1000) =>
    store.climate('DEV-1', START_MS, START_MS + 60_000, maxPoints);

  it('gives back what was written, in order of time, null where a value was not measured', async () => {
    const store = await open();
    const full = { temperatureC: 20.5, relativeHumidityPct: 41, pressureHpa: 1013.25 };
    expect(await store.write([climatePoint(3, 22), climatePoint(1, 0, { values: full }), SHOCK])).toEqual({
      kind: 'written',
    });
    const points = await store.climate('DEV-1', START_MS, START_MS + 60_000, 60_001);
    expect(points).toEqual([
      { measuredAt: START_MS + 1000, ...full },
      { measuredAt: START_MS + 3000, temperatureC: 22, relativeHumidityPct: null, pressureHpa: null },
    ]);
  });

  it('writes again without a second point, and keeps two records of one millisecond apart', async () => {
    const store = await open();
    const twins = [climatePoint(1, 10), climatePoint(2, 20, { measuredAt: START_MS + 1000 })];
    for (let i = 0; i < 3; i++) expect(await store.write(twins)).toEqual({ kind: 'written' });
    expect(pointTimeNs(START_MS + 1000, 1)).not.toBe(pointTimeNs(START_MS + 1000, 2));
    expect(await minute(store)).toMatchObject([{ temperatureC: 15 }]);
  });

  it('takes out exactly the points that are named, and none where there is nothing yet', async () => {
    const store = await open();
    expect(await store.remove([climatePoint(1, 10)])).toEqual({ kind: 'written' });
    await store.write([
      climatePoint(1, 10),
      climatePoint(2, 20, { measuredAt: START_MS + 1000 }),
      climatePoint(1, 30, { deviceId: 'DEV-2' }),
      SHOCK,
    ]);
    expect(await store.remove([climatePoint(1, 10), SHOCK, climatePoint(9, 0)])).toEqual({ kind: 'written' });
    expect(await minute(store)).toMatchObject([{ temperatureC: 20 }]);
    expect(await store.climate('DEV-2', START_MS, START_MS + 60_000, 10)).toHaveLength(1);
  });

  it('averages over equal stretches when there are more readings than asked for', async () => {
    const store = await open();
    await store.write(Array.from({ length: 60 }, (_, i) => climatePoint(i, i)));
    const points = await minute(store, 7);
    expect(points.map((point) => point.temperatureC)).toEqual([4.5, 14.5, 24.5, 34.5, 44.5, 54.5]);
    expect(points.map((point) => point.measuredAt - START_MS)).toEqual([
      0, 10_000, 20_000, 30_000, 40_000, 50_000,
    ]);
  });

  it('keeps devices apart and the end of the range out', async () => {
    const store = await open();
    await store.write([climatePoint(1, 1), climatePoint(60, 2), climatePoint(2, 3, { deviceId: 'DEV-2' })]);
    expect(await minute(store)).toMatchObject([{ temperatureC: 1 }]);
    expect(await store.climate('DEV-9', START_MS, START_MS + 60_000, 10)).toEqual([]);
  });

  it('counts the values of each device and hour, and names the time of every point', async () => {
    const store = await open();
    const next = { measuredAt: START_MS + HOUR_MS };
    await store.write([
      climatePoint(1, 10),
      climatePoint(2, 20, { values: { temperatureC: 20, pressureHpa: 1000 } }),
      climatePoint(3, 30, next),
      climatePoint(999_999, 30, { ...next, deviceId: 'DEV-2' }),
    ]);
    const counted = (deviceId: string, hour: number, values: number) => ({
      deviceId,
      hour: START_MS + hour * HOUR_MS,
      values,
    });
    const all = await store.countHours(START_MS, START_MS + 48 * HOUR_MS);
    expect(all.toSorted((a, b) => a.values - b.values || (a.deviceId < b.deviceId ? -1 : 1))).toEqual([
      counted('DEV-1', 1, 1),
      counted('DEV-2', 1, 1),
      counted('DEV-1', 0, 3),
    ]);
    expect(await store.countHours(START_MS, START_MS + HOUR_MS, 'DEV-1')).toEqual([counted('DEV-1', 0, 3)]);
    const times = await store.pointTimes('DEV-1', START_MS, START_MS + HOUR_MS);
    expect(times.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : 1))).toEqual(
      [1, 2].map((seq) => ({ kind: 'climate', timeNs: pointTimeText(START_MS + seq * 1000, seq) })),
    );
    expect(await store.pointTimes('DEV-2', START_MS, START_MS + 2 * HOUR_MS)).toEqual([
      { kind: 'climate', timeNs: pointTimeText(START_MS + HOUR_MS, 999_999) },
    ]);
  });

  it('answers with nothing before the first write', async () => {
    expect(await minute(await open())).toEqual([]);
  });
}
