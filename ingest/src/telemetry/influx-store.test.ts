import { pointTimeNs } from '@jostle/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type InfluxServer, startInflux } from '../testing/influx.ts';
import { START_MS } from '../testing/records.ts';
import { describeWithServer, freePort } from '../testing/servers.ts';
import { InfluxTelemetryStore } from './influx-store.ts';
import { climatePoint, SHOCK, telemetryContract } from './telemetry-contract.ts';
import { HOUR_MS } from './telemetry-store.ts';

describeWithServer('influxd', 'telemetry in InfluxDB', () => {
  let server: InfluxServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startInflux();
  });
  afterAll(() => server.stop());
  const place = () => ({
    url: server.url,
    user: server.user,
    token: server.token,
    database: `test ${++databases}`,
  });

  telemetryContract(async () => new InfluxTelemetryStore(place()));

  it('names measurements, tags and fields as the boards ask for them', async () => {
    const { database, ...rest } = place();
    await new InfluxTelemetryStore({ database, ...rest }).write([SHOCK]);
    const answer = await server.query('SELECT * FROM shock', database);
    expect(answer).toMatchObject({
      results: [
        {
          series: [
            {
              columns: ['time', 'device', 'dur_ms', 'dv_mps', 'impact_class', 'peak_g'],
              values: [[Number(pointTimeNs(START_MS, 77)), 'DEV-1', 6, 4.8, 'drop', 93]],
            },
          ],
        },
      ],
    });
  });

  it('says refused for wrong credentials', async () => {
    const store = new InfluxTelemetryStore({ ...place(), token: 'wrong' });
    expect(await store.write([climatePoint(1, 20)])).toMatchObject({ kind: 'refused' });
    await expect(store.climate('DEV-1', 0, 1000, 10)).rejects.toMatchObject({
      code: 'INGEST_TELEMETRY_UNAVAILABLE',
    });
  });

  it('says invalid for a batch with one impossible time, and stores it without that point', async () => {
    const store = new InfluxTelemetryStore(place());
    const impossible = climatePoint(2, 20, { measuredAt: 8.64e15 });
    expect(await store.write([climatePoint(1, 20), impossible])).toMatchObject({ kind: 'invalid' });
    expect(await store.write([climatePoint(1, 20)])).toEqual({ kind: 'written' });
    expect(await store.climate('DEV-1', START_MS, START_MS + 60_000, 10)).toHaveLength(1);
  });

  it('takes as written what is older than the database keeps any, where it is sure of each point', async () => {
    const { database, ...rest } = place();
    await server.query(`CREATE DATABASE "${database}" WITH DURATION 7d`);
    const store = new InfluxTelemetryStore({ database, ...rest });
    const now = Date.now();
    const young = [1, 2].map((seq) => climatePoint(seq, 20, { measuredAt: now - HOUR_MS }));
    const old = [3, 4, 5].map((seq) => climatePoint(seq, 20, { measuredAt: now - 365 * 24 * HOUR_MS }));
    // The server says the same of both: an impossible time beside too old ones is dropped without a word.
    const impossible = climatePoint(6, 20, { measuredAt: 8.64e15 });
    for (const point of [...young, impossible])
      expect(await store.write([...old, point])).toEqual({
        kind: 'invalid',
        reason: expect.stringContaining('points beyond retention policy dropped=3'),
      });
    expect(await store.write(old)).toEqual({ kind: 'written', tooOld: 3 });
    const counts = await store.countHours(now - 2 * HOUR_MS, now);
    expect(counts.reduce((sum, { values }) => sum + values, 0)).toBe(2);
  });

  it('says retry where nobody answers', async () => {
    const store = new InfluxTelemetryStore({ ...place(), url: `http://127.0.0.1:${await freePort()}` });
    expect(await store.write([climatePoint(1, 20)])).toMatchObject({ kind: 'retry' });
  });

  it('treats a quote in a device id as a letter of the id', async () => {
    const store = new InfluxTelemetryStore(place());
    await store.write([climatePoint(1, 20)]);
    expect(await store.climate("' OR 'a'='a", START_MS, START_MS + 60_000, 10)).toEqual([]);
  });
});
