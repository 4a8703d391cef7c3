import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTemporaryStore } from '../testing/stores.ts';
import { buildServer } from './server.ts';
import { serverDeps } from './server-fixture.ts';
import type { TypedApp } from './typed-app.ts';

let app: TypedApp;
let close: () => Promise<void>;
beforeEach(async () => {
  const temporary = await openTemporaryStore();
  close = temporary.close;
  app = await buildServer(serverDeps(temporary.store));
});
afterEach(async () => {
  await app.close();
  await close();
});

it.each([
  [undefined, undefined],
  ['application/json', '{}'],
  ['text/plain', 'x'],
  ['multipart/form-data; boundary=b', 'x'],
])('says that %s is no backup', async (type, payload) => {
  const headers = type === undefined ? {} : { 'content-type': type };
  const request = { method: 'POST', url: '/api/v1/restore', headers, payload: payload ?? '' } as const;
  const answer = await app.inject(request);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'REST_REQUEST_INVALID' });
});

it.each(['', 'null\n', '[]\n', '{}\n', '\u0000'])('says that %j is a damaged backup', async (payload) => {
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/restore', headers, payload });
  expect([400, 422]).toContain(answer.statusCode);
  expect(answer.json().code).toMatch(/^BACKUP_/);
});
