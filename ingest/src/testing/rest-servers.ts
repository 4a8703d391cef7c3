import { afterEach, beforeEach } from 'vitest';
import { buildServer } from '../rest/server.ts';
import type { ServerDeps } from '../rest/server-deps.ts';
import { serverDeps } from '../rest/server-fixture.ts';
import { enterStory } from '../rest/story-fixture.ts';
import type { TypedApp } from '../rest/typed-app.ts';
import type { Store } from '../store/store.ts';
import type { OpenStore } from './stores.ts';

/** Servers on the store of the running test, closed after it. Register it beside the other hooks of the tests. */
export function serversOfTest(open: OpenStore) {
  let store: Store | undefined;
  let opened: TypedApp[] = [];
  beforeEach(async () => {
    store = await open();
  });
  afterEach(async () => {
    await Promise.all(opened.map((app) => app.close()));
    opened = [];
  });
  const storeOfTest = (): Store => {
    if (store === undefined) throw new TypeError('the store is opened before each test');
    return store;
  };
  const server = async (overrides: Partial<ServerDeps> = {}): Promise<TypedApp> => {
    const app = await buildServer(serverDeps(storeOfTest(), overrides));
    opened.push(app);
    return app;
  };
  const serverWithStory = async (overrides: Partial<ServerDeps> = {}): Promise<TypedApp> => {
    const app = await server(overrides);
    await enterStory(app);
    return app;
  };
  return { store: storeOfTest, server, serverWithStory };
}
