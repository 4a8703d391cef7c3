import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { ask } from './ask.ts';
import { buildServer } from './server.ts';
import type { ServerDeps } from './server-deps.ts';
import { serverDeps } from './server-fixture.ts';
import type { TypedApp } from './typed-app.ts';

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
    for (const url of ['/api/v1/sites', '/api/v1/imports/x', '/metrics', '/%61pi/v1/sites', '/metric%73?x']) {
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
    expect((await ask(app, '/api/%zz')).json()).toMatchObject({ code: 'REST_REQUEST_INVALID' });
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
