import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { openStore, type Store, type StorePlace } from '../store/store.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { describeWithServer } from './servers.ts';

/** Opens the store of the running test. Closed and opened again it has the same content; the next test starts empty. */
export type OpenStore = () => Promise<Store>;

/** A SQLite store in a temporary folder, for tests that are not about the engine. */
export async function openTemporaryStore(): Promise<{ store: Store; close(): Promise<void> }> {
  const { place, remove } = await makeSqliteRoom();
  const store = await openStore(place);
  return {
    store,
    close: async () => {
      await store.close();
      await remove();
    },
  };
}

/** Runs the same tests on SQLite and on PostgreSQL. Each begins with a copy of a store that has its tables. */
export function onEachStore(name: string, cases: (open: OpenStore) => void): void {
  describe(`${name} on SQLite`, () => {
    let template: Room<{ dataDir: string }> | undefined;
    beforeAll(async () => {
      template = await makeSqliteRoom();
      await makeTables(template.place);
    });
    afterAll(() => template?.remove());
    cases(storeOfTest(() => makeSqliteRoom(template?.place.dataDir)));
  });
  describeWithServer('postgres', `${name} on PostgreSQL`, () => {
    let server: PostgresServer | undefined;
    let template: string | undefined;
    beforeAll(async () => {
      server = await startPostgres();
      template = await server.createDatabase();
      await makeTables({ databaseUrl: template });
    });
    afterAll(() => server?.stop());
    cases(
      storeOfTest(async () => {
        if (server === undefined) throw new Error('the server has not started');
        return { place: { databaseUrl: await server.createDatabase(template) }, remove: async () => {} };
      }),
    );
  });
}

interface Room<Place extends StorePlace = StorePlace> {
  place: Place;
  remove(): Promise<void>;
}

async function makeTables(place: StorePlace): Promise<void> {
  const store = await openStore(place);
  await store.close();
}

/** @param template folder of a closed store */
async function makeSqliteRoom(template?: string): Promise<Room<{ dataDir: string }>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jostle-store-'));
  if (template !== undefined) await cp(template, dataDir, { recursive: true });
  return { place: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

function storeOfTest(makeRoom: () => Promise<Room>): OpenStore {
  let room: Room | undefined;
  let opened: Store[] = [];
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await room?.remove();
    opened = [];
    room = undefined;
  });
  return async () => {
    room ??= await makeRoom();
    const store = await openStore(room.place);
    opened.push(store);
    return store;
  };
}
