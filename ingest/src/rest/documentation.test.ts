import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { ask } from './ask.ts';
import { buildServer } from './server.ts';
import { serverDeps } from './server-fixture.ts';
import type { TypedApp } from './typed-app.ts';

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
}

let folder: string;
let store: Store;
let app: TypedApp;
let document: Document;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jostle-docs-'));
  store = await openStore({ dataDir: folder });
  app = await buildServer(serverDeps(store));
  document = (await ask(app, '/openapi.json')).json();
});

afterAll(async () => {
  await app.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function operations(): [name: string, path: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      path,
      operation,
    ]),
  );
}

/** Every `$ref` and every JSON Schema keyword that OpenAPI 3.1 no longer knows, anywhere in the document. */
function oldOrDangling(node: unknown, at = '#'): string[] {
  if (Array.isArray(node)) return node.flatMap((item, i) => oldOrDangling(item, `${at}/${i}`));
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === '$ref' || (key === 'nullable' && typeof value === 'boolean') ? [`${at}/${key}`] : []),
    ...oldOrDangling(value, `${at}/${key}`),
  ]);
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with title and version, and has every address of the API', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Jostle', version: '1' });
    const entries = ['sites', 'carriers', 'products', 'orders', 'shipments', 'legs', 'hand-offs', 'devices'];
    for (const path of [...entries, 'assignments', 'returns']) {
      expect(Object.keys(document.paths[`/api/v1/${path}`] ?? {}).sort()).toEqual(['get', 'post']);
      expect(document.paths[`/api/v1/${path}/{id}`]).toHaveProperty('get');
    }
    for (const path of [
      '/api/v1/returns/{id}/finding',
      '/api/v1/shocks/{id}',
      '/api/v1/quarantine',
      '/healthz',
    ])
      expect(document.paths).toHaveProperty([path, 'get']);
    expect(document.paths).toHaveProperty([
      '/api/v1/imports/{kind}',
      'post',
      'requestBody',
      'content',
      'multipart/form-data',
    ]);
  });

  it('describes each operation under a name of its own', () => {
    const names = operations().map(([, , operation]) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [name, , operation] of operations()) {
      expect(operation.summary, name).toBeTruthy();
      expect(operation.tags?.length, name).toBe(1);
    }
  });

  it('declares the parameters of each path, as the specification demands of them', () => {
    for (const [name, path, operation] of operations()) {
      const declared = (operation.parameters ?? []).filter((p) => p.in === 'path');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect(declared.map((p) => p.name).sort(), name).toEqual(inPath.sort());
      for (const parameter of operation.parameters ?? []) {
        expect(parameter.schema, `${name} ${parameter.name}`).toBeDefined();
        if (parameter.in === 'path') expect(parameter.required, name).toBe(true);
      }
    }
  });

  it('describes every answer, with a schema for its content', () => {
    for (const [name, , operation] of operations()) {
      expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, name).toMatch(/^[1-5]\d\d$/);
        expect(typeof response.description, `${name} ${status}`).toBe('string');
        for (const content of Object.values(response.content ?? {}))
          expect(content.schema, name).toBeDefined();
      }
    }
  });

  it('has no reference that leads nowhere and no keyword of older versions', () => {
    expect(oldOrDangling(document)).toEqual([]);
  });
});
