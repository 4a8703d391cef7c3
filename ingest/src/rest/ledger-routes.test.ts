import { expect, it } from 'vitest';
import { serversOfTest } from '../testing/rest-servers.ts';
import { onEachStore } from '../testing/stores.ts';
import { ask } from './ask.ts';
import { findingsOfOnly, hubFinding } from './server-fixture.ts';
import { PALLET, PARCEL, STORY } from './story-fixture.ts';

onEachStore('entries over REST', (open) => {
  const { server, serverWithStory } = serversOfTest(open);

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

  it('shows the summary of the finding with each return', async () => {
    const app = await serverWithStory({ findings: findingsOfOnly('R-1') });
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
