import type { ImportReport } from '@jostle/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { onEachStore } from '../testing/stores.ts';
import { ask } from './ask.ts';
import { buildServer } from './server.ts';
import { serverDeps } from './server-fixture.ts';
import type { TypedApp } from './typed-app.ts';

onEachStore('imports over HTTP', (open) => {
  let store: Store;
  let app: TypedApp;

  beforeEach(async () => {
    store = await open();
    app = await buildServer(serverDeps(store));
  });

  afterEach(async () => {
    await app.close();
  });

  async function post(path: string, parts: Record<string, string | Blob>) {
    const form = new FormData();
    for (const [name, part] of Object.entries(parts)) form.set(name, part);
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const payload = Buffer.from(await request.arrayBuffer());
    const headers = { 'content-type': request.headers.get('content-type') ?? '' };
    return ask(app, { method: 'POST', url: `/api/v1/imports/${path}`, headers, payload });
  }

  async function finished(id: string): Promise<ImportReport> {
    for (;;) {
      const report: ImportReport = (await ask(app, `/api/v1/imports/${id}`)).json();
      if (report.state !== 'running') return report;
    }
  }

  const MAPPING = JSON.stringify({
    createProducts: true,
    orders: {
      fields: {
        order: { column: 'order' },
        sku: { column: 'sku' },
        quantity: { constant: '1' },
        placedAt: { constant: '2026-03-01T09:00:00Z' },
      },
    },
  });

  it('takes a file, answers at once where its report is to be found, and writes it', async () => {
    const answer = await post('orders', {
      mapping: MAPPING,
      file: new Blob(['order,sku\nO-1,MUG\nO-1,VASE\n']),
    });
    expect(answer.statusCode).toBe(202);
    const started: ImportReport = answer.json();
    expect(answer.headers.location).toBe(`/api/v1/imports/${started.id}`);
    expect(started).toMatchObject({ state: 'running', rows: 0 });
    expect(await finished(started.id)).toMatchObject({
      state: 'done',
      rows: 2,
      created: { orders: 1, products: 2 },
    });
  });

  it('answers others while it imports 100,000 rows', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `O-${Math.floor(i / 4)},SKU-${i % 500}\n`);
    const answer = await post('orders', { mapping: MAPPING, file: new Blob(['order,sku\n', ...lines]) });
    const { id }: ImportReport = answer.json();
    let report: ImportReport;
    const rowsSeen = new Set<number>();
    do {
      report = (await ask(app, `/api/v1/imports/${id}`)).json();
      rowsSeen.add(report.rows);
    } while (report.state === 'running');
    expect(report).toMatchObject({
      state: 'done',
      rows: 100_000,
      created: { orders: 25_000, products: 500 },
    });
    expect(rowsSeen.size).toBeGreaterThan(3);
  });

  it('refuses what is no form of a file and a mapping', async () => {
    expect((await post('orders', { mapping: MAPPING })).json()).toMatchObject({
      code: 'REST_REQUEST_INVALID',
      message: expect.stringContaining('no part "file"'),
    });
    expect((await post('orders', { other: 'x', file: new Blob(['a\n']) })).statusCode).toBe(400);
    expect((await post('orders', { mapping: '{', file: new Blob(['a\n']) })).json()).toMatchObject({
      code: 'IMPORT_MAPPING_INVALID',
    });
    expect((await post('parcels', { file: new Blob(['a\n']) })).statusCode).toBe(400);
    const json = { method: 'POST', url: '/api/v1/imports/orders', payload: { file: 'x' } };
    expect((await ask(app, json)).json().code).toBe('REST_REQUEST_INVALID');
  });

  it('reports a file that it cannot read', async () => {
    const { id }: ImportReport = (await post('returns', { file: new Blob(['id,when\nR-1,now\n']) })).json();
    expect(await finished(id)).toMatchObject({
      state: 'refused',
      problems: [{ line: 1, code: 'IMPORT_MAPPING_INVALID' }],
    });
    const text = 'order,placedAt,sku,quantity\nO-1,2026-03-01T09:00:00Z,"MUG"x,1\n';
    const torn: ImportReport = (await post('orders', { file: new Blob([text]) })).json();
    expect(await finished(torn.id)).toMatchObject({
      state: 'refused',
      problems: [{ line: 2, code: 'IMPORT_FILE_UNREADABLE' }],
    });
  });

  it('knows no import from before', async () => {
    expect((await ask(app, '/api/v1/imports/11111111')).json()).toMatchObject({ code: 'IMPORT_UNKNOWN' });
  });

  it('stops in the middle of a file with nothing of it written', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `O-${i},MUG\n`);
    await post('orders', { mapping: MAPPING, file: new Blob(['order,sku\n', ...lines]) });
    await app.close();
    expect(await store.db.selectFrom('customer_order').selectAll().execute()).toEqual([]);
  });

  it.each([
    ['cut off', '--b\r\ncontent-disposition: form-data; name="file"; filename="f.csv"\r\n\r\nid'],
    ['without a part', 'nothing of the kind'],
  ])('says that it cannot read a form that is %s', async (_, body) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const request = { method: 'POST', url: '/api/v1/imports/orders', headers, payload: body } as const;
    const answer = await ask(app, request);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'REST_REQUEST_INVALID' });
  });
});
