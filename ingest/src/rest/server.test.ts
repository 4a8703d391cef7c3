import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packWaveform, type ShockBody } from '@jostle/contracts';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { buildServer } from './server.ts';
import type { ServerDeps } from './server-deps.ts';
import { ask, hubFinding, serverDeps } from './server-fixture.ts';
import type { TypedApp } from './typed-app.ts';

const PALLET = '106141412345678908';
const PARCEL = '106141412345678915';
const STORY: [path: string, entry: Record<string, unknown>][] = [
  ['sites', { id: 'DEPOT', name: 'Depot', kind: 'warehouse' }],
  ['sites', { id: 'HUB', name: 'Leipzig hub', kind: 'hub' }],
  ['carriers', { id: 'SWIFT', name: 'Swift Freight' }],
  ['products', { sku: 'MUG/blue 1', name: 'Mug', fragility: null, climateLimits: null }],
  [
    'orders',
    { id: 'O-1', placedAt: '2026-03-01T09:00:00Z', lines: [{ id: 1, sku: 'MUG/blue 1', quantity: 1 }] },
  ],
  ['shipments', { sscc: PALLET, parent: null, lines: [] }],
  ['shipments', { sscc: PARCEL, parent: PALLET, lines: [{ orderId: 'O-1', line: 1, quantity: 1 }] }],
  ['devices', { id: 'DEV-1', name: 'Logger 1' }],
  [
    'legs',
    {
      id: 'L-2',
      shipment: PARCEL,
      mode: 'handling',
      custodian: 'HUB',
      from: 'HUB',
      to: 'HUB',
      startsAt: '2026-03-01T10:30:00Z',
      endsAt: '2026-03-01T11:00:00Z',
    },
  ],
  [
    'legs',
    {
      id: 'L-3',
      shipment: PARCEL,
      mode: 'road',
      custodian: 'SWIFT',
      from: 'DEPOT',
      to: 'HUB',
      startsAt: '2026-03-01T10:00:00Z',
      endsAt: '2026-03-01T10:30:00Z',
    },
  ],
  [
    'hand-offs',
    {
      id: 'H-1',
      shipment: PARCEL,
      giver: 'SWIFT',
      taker: 'HUB',
      site: 'HUB',
      at: '2026-03-01T10:30:00Z',
      exception: null,
    },
  ],
  [
    'assignments',
    {
      id: 'A-1',
      device: 'DEV-1',
      shipment: PALLET,
      site: null,
      zone: null,
      startsAt: '2026-03-01T10:00:00Z',
      endsAt: null,
    },
  ],
  [
    'returns',
    {
      id: 'R-1',
      orderId: 'O-1',
      line: 1,
      damageKind: 'shattered',
      severity: 'total',
      discoveredAt: '2026-03-02T08:00:00Z',
    },
  ],
];

let folder: string;
let store: Store;
let open: TypedApp[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jostle-rest-'));
  store = await openStore({ dataDir: join(folder, 'data') });
});

afterEach(async () => {
  await Promise.all(open.map((app) => app.close()));
  open = [];
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function server(overrides: Partial<ServerDeps> = {}): Promise<TypedApp> {
  const app = await buildServer(serverDeps(store, overrides));
  open.push(app);
  return app;
}

async function serverWithStory(overrides: Partial<ServerDeps> = {}): Promise<TypedApp> {
  const app = await server(overrides);
  for (const [path, payload] of STORY) {
    const answer = await ask(app, { method: 'POST', url: `/api/v1/${path}`, payload });
    expect(answer.statusCode, `${path}: ${answer.body}`).toBe(201);
  }
  return app;
}

describe('entries over REST', () => {
  it('answers 201 to what is new and 200 to the same again, with times in UTC', async () => {
    const app = await serverWithStory();
    for (const [path, payload] of STORY) {
      const answer = await ask(app, { method: 'POST', url: `/api/v1/${path}`, payload });
      expect(answer.statusCode, path).toBe(200);
      expect((await ask(app, String(answer.headers.location))).statusCode, path).toBe(200);
    }
    const product = await ask(app, `/api/v1/products/${encodeURIComponent('MUG/blue 1')}`);
    expect(product.json()).toMatchObject({ name: 'Mug' });
    expect((await ask(app, '/api/v1/orders/O-1')).json()).toMatchObject({
      placedAt: '2026-03-01T09:00:00.000Z',
    });
  });

  it('answers 409 to other content under a known id', async () => {
    const app = await serverWithStory();
    const payload = { id: 'DEV-1', name: 'Another logger' };
    const answer = await ask(app, { method: 'POST', url: '/api/v1/devices', payload });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({
      code: 'LEDGER_ID_CONFLICT',
      message: 'There is another device with the id "DEV-1"; use a new id',
    });
  });

  it('names every place of a request that is wrong', async () => {
    const app = await server();
    const payload = { id: 'o 1', placedAt: 'yesterday', lines: [{ id: 1, sku: 'A', quantity: 0 }], extra: 1 };
    const answer = await ask(app, { method: 'POST', url: '/api/v1/orders', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe('REST_REQUEST_INVALID');
    const places = answer.json().problems.map((problem: { at: string }) => problem.at);
    expect(places).toEqual(expect.arrayContaining(['/id', '/placedAt', '/lines/0/quantity']));
  });

  it.each(['2026-02-30T00:00:00Z', '2026-03-01', '2026-12-31T23:59:60Z', '2026-03-01T10:00:00'])(
    'refuses %s as an instant',
    async (placedAt) => {
      const app = await server();
      const payload = { id: 'O-1', placedAt, lines: [{ id: 1, sku: 'A', quantity: 1 }] };
      const answer = await ask(app, { method: 'POST', url: '/api/v1/orders', payload });
      expect(answer.json()).toMatchObject({ code: 'REST_REQUEST_INVALID' });
      expect(answer.statusCode).toBe(400);
    },
  );

  it('cuts lists into pages and refuses too long ones', async () => {
    const app = await serverWithStory();
    const first = (await ask(app, '/api/v1/sites?limit=1')).json();
    expect(first).toMatchObject({ items: [{ id: 'DEPOT' }], next: 'DEPOT' });
    expect((await ask(app, '/api/v1/sites?limit=1&after=DEPOT')).json()).toMatchObject({
      items: [{ id: 'HUB' }],
      next: null,
    });
    expect((await ask(app, '/api/v1/sites?limit=201')).statusCode).toBe(400);
    expect((await ask(app, '/api/v1/hand-offs')).json().items).toHaveLength(1);
    expect((await ask(app, `/api/v1/hand-offs?shipment=${PALLET}`)).json().items).toHaveLength(0);
  });

  it('gives the legs of a shipment in the order of time', async () => {
    const app = await serverWithStory();
    const { items } = (await ask(app, `/api/v1/shipments/${PARCEL}/legs`)).json();
    expect(items.map((leg: { id: string }) => leg.id)).toEqual(['L-3', 'L-2']);
    expect((await ask(app, '/api/v1/shipments/106141412345678922/legs')).statusCode).toBe(404);
  });

  it('moves the ends of assignments and legs, and nothing else of them', async () => {
    const app = await serverWithStory();
    const patch = (url: string, payload: object) =>
      ask(app, { method: 'PATCH', url: `/api/v1/${url}`, payload });
    const ended = await patch('assignments/A-1', { endsAt: '2026-03-01T12:00:00Z' });
    expect(ended.json()).toMatchObject({ id: 'A-1', endsAt: '2026-03-01T12:00:00.000Z' });
    expect((await patch('assignments/A-1', { endsAt: null })).json()).toMatchObject({ endsAt: null });
    expect((await patch('legs/L-3', { endsAt: '2026-03-01T10:45:00Z' })).json().code).toBe(
      'LEDGER_LEG_OVERLAP',
    );
    expect((await patch('legs/L-3', { custodian: 'HUB' })).statusCode).toBe(400);
    expect((await patch('legs/L-9', { endsAt: '2026-03-01T10:45:00Z' })).statusCode).toBe(404);
  });
});

describe('returns and their findings', () => {
  it('shows the summary of the finding with each return', async () => {
    const app = await serverWithStory({ findings: { findingOf: async (id) => hubFinding(id) } });
    expect((await ask(app, '/api/v1/returns')).json().items).toEqual([
      expect.objectContaining({
        id: 'R-1',
        finding: {
          verdict: 'transit-event',
          legId: 'L-HUB',
          custodianName: 'Leipzig hub',
          place: 'Leipzig hub',
          share: 0.93,
          dropHeightM: 0.8,
          peakG: 92.1,
          velocityChangeMps: 4.9,
          impactAt: '2026-03-01T10:05:00.000Z',
          explanation: expect.stringContaining('0.8 m'),
        },
      }),
    ]);
    expect((await ask(app, '/api/v1/returns/R-1/finding')).json()).toEqual(hubFinding('R-1'));
    expect((await ask(app, '/api/v1/returns/R-2/finding')).json().code).toBe('REST_NOT_FOUND');
  });

  it('lists returns even where a finding cannot be computed, and hides why', async () => {
    const app = await serverWithStory();
    expect((await ask(app, '/api/v1/returns')).json().items).toMatchObject([{ id: 'R-1', finding: null }]);
    const answer = await ask(app, '/api/v1/returns/R-1/finding');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({ code: 'INTERNAL', message: expect.not.stringContaining('in this test') });
  });
});

describe('observations', () => {
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
    await store.db.insertInto('shock_event').values(row).execute();
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
    await store.db
      .insertInto('device_state')
      .values({ device_id: 'DEV-1', epoch, is_online: 1, ...state })
      .execute();
    const range = { device_id: 'DEV-1', epoch };
    await store.db
      .insertInto('received')
      .values([
        { ...range, from_seq: 1, to_seq: 9 },
        { ...range, from_seq: 15, to_seq: 16 },
        { device_id: 'DEV-1', epoch: '22222222-2222-2222-2222-222222222222', from_seq: 1, to_seq: 500 },
      ])
      .execute();
    await store.db
      .insertInto('dropped')
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
      await store.db
        .insertInto('quarantine')
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

describe('who is answered', () => {
  it('asks for the key everywhere but at health, documentation and static files', async () => {
    const consoleDir = join(folder, 'console');
    await mkdir(consoleDir);
    await writeFile(join(consoleDir, 'index.html'), '<title>Jostle</title>');
    const app = await server({ config: { apiKey: 'correct horse', consoleDir } });
    const status = async (url: string, authorization?: string) =>
      (
        await ask(app, {
          url,
          headers: { host: 'jostle.example', ...(authorization ? { authorization } : {}) },
        })
      ).statusCode;
    for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs/', '/'])
      expect(await status(url), url).toBe(200);
    for (const url of ['/api/v1/sites', '/api/v1/imports/x', '/metrics', '/metrics?x']) {
      expect(await status(url), url).toBe(401);
      expect(await status(url, 'Bearer correct hors'), url).toBe(401);
      expect(await status(url, 'Basic correct horse'), url).toBe(401);
    }
    expect(await status('/api/v1/sites', 'Bearer correct horse')).toBe(200);
    expect(await status('/metrics', 'Bearer correct horse')).toBe(200);
  });

  it.each([
    ['localhost:8080', undefined, 200],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080', 200],
    ['[::1]:8080', undefined, 200],
    ['rebound.example:8080', undefined, 403],
    ['localhost.example', undefined, 403],
    ['127.0.0.1:8080', 'http://evil.example', 403],
    ['127.0.0.1:8080', 'http://127.0.0.1:9999', 403],
    ['127.0.0.1:8080', 'null', 403],
  ])('without a key, a request to %s from %s gets %i', async (host, origin, status) => {
    const app = await server();
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    const answer = await ask(app, { url: '/api/v1/sites', headers });
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json().code).toBe('REST_ORIGIN_REFUSED');
  });
});

describe('the rest of the server', () => {
  it('is ready only when every part is, and says which is not', async () => {
    const parts = [
      { part: 'store', isReady: true, detail: 'open' },
      { part: 'intake', isReady: false, detail: 'no broker at mqtt://127.0.0.1:1' },
    ];
    const app = await server({ health: () => parts });
    const answer = await ask(app, '/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ isReady: false, parts });
    expect((await ask(app, '/healthz')).json()).toEqual({ isAlive: true });
  });

  it('prints metrics as Prometheus reads them', async () => {
    const metrics = new Registry();
    new Counter({ name: 'jostle_records_total', help: 'Records', registers: [metrics] }).inc(3);
    const answer = await ask(await server({ metrics }), '/metrics');
    expect(answer.body).toContain('jostle_records_total 3');
    expect(answer.headers['content-type']).toContain('text/plain');
  });

  it('answers unknown addresses, broken JSON and too large bodies in its own words', async () => {
    const app = await server();
    expect((await ask(app, '/api/v2/sites')).json()).toMatchObject({ code: 'REST_NOT_FOUND' });
    const headers = { 'content-type': 'application/json' };
    const post = (payload: string) => ask(app, { method: 'POST', url: '/api/v1/sites', headers, payload });
    expect((await post('{"id":')).json()).toMatchObject({ code: 'REST_REQUEST_INVALID' });
    const large = await post(`{"id":"${'X'.repeat(300_000)}"}`);
    expect(large.statusCode).toBe(413);
    expect(large.json()).toMatchObject({ code: 'REST_BODY_TOO_LARGE' });
  });

  it('allows scripts and styles from itself only', async () => {
    const answer = await ask(await server(), '/docs/');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.body).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
  });
});
