import { packWaveform, type ShockBody } from '@jostle/contracts';
import { beforeEach, expect, it } from 'vitest';
import { serversOfTest } from '../testing/rest-servers.ts';
import { onEachStore } from '../testing/stores.ts';
import { ask } from './ask.ts';
import type { ServerDeps } from './server-deps.ts';
import { PARCEL } from './story-fixture.ts';

onEachStore('observations over REST', (open) => {
  const { store, server, serverWithStory } = serversOfTest(open);

  const id = 'DEV-1:11111111-1111-1111-1111-111111111111:9';
  const body: ShockBody = {
    sensor: 'adxl375-53',
    impactAt: Date.parse('2026-03-01T10:40:00Z'),
    peakG: { x: 1, y: 2, z: 90, resultant: 90 },
    durationMs: 8,
    velocityChangeMps: 4.8,
    impactClass: 'drop',
    freeFallMs: 404,
    dropHeightM: 0.8,
    equivalentDropHeightM: { low: 0.3, high: 1.2 },
    clipped: { x: false, y: false, z: true },
    rateHz: 800,
    isBandwidthLimited: false,
    fairing: { filter: 'none', cornerHz: 0 },
    waveform: packWaveform([0, 0, 1, 0, 0, 90], 800, 1, 0.1),
  };
  beforeEach(async () => {
    const row = { id, device_id: 'DEV-1', impact_at: body.impactAt, peak_g: 90, body: JSON.stringify(body) };
    await store().db.insertInto('shock_event').values(row).execute();
  });

  it('finds the shocks of a parcel by the device on its pallet, while it was there', async () => {
    const app = await serverWithStory();
    const shocks = async (query: string) => (await ask(app, `/api/v1/shocks?${query}`)).json().items;
    expect(await shocks(`shipment=${PARCEL}`)).toMatchObject([{ id, device: 'DEV-1', isClipped: true }]);
    expect(await shocks('device=DEV-1&from=2026-03-01T10:40:00Z&to=2026-03-01T10:41:00Z')).toHaveLength(1);
    expect(await shocks('device=DEV-1&to=2026-03-01T10:40:00Z')).toHaveLength(0);
    const payload = { endsAt: '2026-03-01T10:40:00Z' };
    await ask(app, { method: 'PATCH', url: '/api/v1/assignments/A-1', payload });
    expect(await shocks(`shipment=${PARCEL}`)).toHaveLength(0);
    expect((await ask(app, '/api/v1/shocks')).statusCode).toBe(400);
  });

  it('gives a shock with its waveform', async () => {
    const app = await server();
    const shock = (await ask(app, `/api/v1/shocks/${id}`)).json();
    expect(shock).toMatchObject({ id, impactAt: '2026-03-01T10:40:00.000Z', waveform: body.waveform });
    expect((await ask(app, '/api/v1/shocks/DEV-1:x:1')).statusCode).toBe(404);
  });

  it('says when a device was last heard and how much it still holds', async () => {
    const app = await serverWithStory();
    const epoch = '11111111-1111-1111-1111-111111111111';
    expect((await ask(app, '/api/v1/devices/DEV-1')).json()).toEqual({
      id: 'DEV-1',
      name: 'Logger 1',
      state: null,
    });
    const measured = Date.parse('2026-03-01T10:40:00Z');
    const state = {
      min_seq: 3,
      max_seq: 20,
      last_seq: 9,
      last_measured_at: measured,
      last_received_at: measured,
    };
    await store()
      .db.insertInto('device_state')
      .values({ device_id: 'DEV-1', epoch, is_online: 1, ...state })
      .execute();
    const range = { device_id: 'DEV-1', epoch };
    await store()
      .db.insertInto('received')
      .values([
        { ...range, from_seq: 1, to_seq: 9 },
        { ...range, from_seq: 15, to_seq: 16 },
        { device_id: 'DEV-1', epoch: '22222222-2222-2222-2222-222222222222', from_seq: 1, to_seq: 500 },
      ])
      .execute();
    await store()
      .db.insertInto('dropped')
      .values({ ...range, from_seq: 10, to_seq: 11, reason: 'outbox-full' })
      .execute();
    expect((await ask(app, '/api/v1/devices')).json().items).toMatchObject([
      // 12 to 14 and 17 to 20 are still to come.
      { id: 'DEV-1', state: { isOnline: true, lastMeasuredAt: '2026-03-01T10:40:00.000Z', backlog: 7 } },
    ]);
  });

  it('gives the climate that the telemetry store has for a range', async () => {
    const asked: unknown[] = [];
    const climate: ServerDeps['telemetry']['climate'] = async (...args) => {
      asked.push(args);
      return [{ measuredAt: Date.parse('2026-03-01T10:00:00Z'), temperatureC: 21.5 }];
    };
    const app = await serverWithStory({ telemetry: { climate } });
    const url = '/api/v1/devices/DEV-1/climate?from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z';
    expect((await ask(app, url)).json()).toEqual({
      items: [
        { at: '2026-03-01T10:00:00.000Z', temperatureC: 21.5, relativeHumidityPct: null, pressureHpa: null },
      ],
    });
    expect(asked).toEqual([['DEV-1', Date.UTC(2026, 2, 1, 10), Date.UTC(2026, 2, 1, 11), 1000]]);
    expect((await ask(app, url.replace('T11', 'T09'))).json().code).toBe('LEDGER_RANGE_INVALID');
  });

  it('shows the quarantine, newest first', async () => {
    const app = await server();
    for (const digest of ['a', 'b', 'c'])
      await store()
        .db.insertInto('quarantine')
        .values({
          device_id: 'DEV-9',
          topic: 'jostle/v1/devices/DEV-9/up',
          received_at: 0,
          code: 'INGEST_DEVICE_UNKNOWN',
          reason: digest,
          raw: 'AA==',
          digest,
          epoch: null,
          seq: null,
        })
        .execute();
    const first = (await ask(app, '/api/v1/quarantine?limit=2')).json();
    expect(first.items.map((item: { reason: string }) => item.reason)).toEqual(['c', 'b']);
    const second = (await ask(app, `/api/v1/quarantine?limit=2&after=${first.next}`)).json();
    expect(second).toMatchObject({ items: [{ reason: 'a', device: 'DEV-9' }], next: null });
  });
});
