import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildServer } from '../rest/server.ts';
import { serverDeps } from '../rest/server-fixture.ts';
import type { TypedApp } from '../rest/typed-app.ts';
import type { Store } from '../store/store.ts';
import { contentOf, fillStore } from '../testing/full-store.ts';
import { onEachStore, openTemporaryStore } from '../testing/stores.ts';
import { runCli } from './program.ts';

const API_KEY = 'correct horse battery staple';

onEachStore('jostle backup and restore', (open) => {
  let folder: string;
  let store: Store;
  let app: TypedApp;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jostle-backup-'));
    store = await open();
    ({ app, url } = await serve(store));
    await fillStore(store);
  });
  afterEach(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  async function serve(of: Store) {
    const served = await buildServer(serverDeps(of, { config: { apiKey: API_KEY } }));
    return { app: served, url: await served.listen({ host: '127.0.0.1', port: 0 }) };
  }

  async function jostle(args: readonly string[], { answer, at = url, apiKey = API_KEY }: Given = {}) {
    const written = { out: '', err: '', asked: '' };
    const code = await runCli(args, {
      config: () => ({ url: at, apiKey }),
      terminal: {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        isInteractive: answer !== undefined,
        width: 80,
        ...(answer === undefined
          ? {}
          : {
              ask: async (question: string) => {
                written.asked += question;
                return answer;
              },
            }),
      },
      pause: async () => {},
    });
    return { code, ...written };
  }
  interface Given {
    answer?: string;
    at?: string;
    apiKey?: string;
  }

  it('write a folder that only its owner can read, and bring everything back from it', async () => {
    const dir = join(folder, 'sunday');
    const before = await contentOf(store);
    const taken = await jostle(['backup', dir]);
    expect({ code: taken.code, err: taken.err }).toEqual({ code: 0, err: '' });
    expect(taken.out).toMatch(/^leg +2 +\d+$/m);
    expect(taken.out).toContain('keep it as safe');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);

    await store.db.deleteFrom('leg').execute();
    const restored = await jostle(['restore', dir, '--replace']);
    expect({ code: restored.code, err: restored.err }).toEqual({ code: 0, err: '' });
    expect(restored.out).toMatch(/^leg +0 +2 +2$/m);
    expect(restored.out).toContain('reported as LOST');
    expect(await contentOf(store)).toEqual(before);
  });

  it('ask a person before everything is replaced, and refuse a program', async () => {
    const dir = join(folder, 'b');
    await jostle(['backup', dir]);
    await store.db.deleteFrom('leg').execute();
    const legs = async () => (await contentOf(store))['leg']?.length;
    expect(await jostle(['restore', dir])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^BACKUP_STORE_NOT_EMPTY: .*\nFix: .*--replace/),
    });
    const refused = await jostle(['restore', dir], { answer: 'no' });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed.') });
    expect(refused.asked).toContain('Type yes');
    expect(await legs()).toBe(0);
    expect(await jostle(['restore', dir], { answer: 'yes' })).toMatchObject({ code: 0 });
    expect(await legs()).toBe(2);
  });

  it('fill an empty service without a question', async () => {
    const dir = join(folder, 'b');
    await jostle(['backup', dir]);
    const other = await openTemporaryStore();
    const { app: otherApp, url: at } = await serve(other.store);
    expect(await jostle(['restore', dir], { at })).toMatchObject({ code: 0, err: '' });
    expect(await contentOf(other.store)).toEqual(await contentOf(store));
    await otherApp.close();
    await other.close();
  });

  it('say what is wrong with a folder before anything is sent', async () => {
    const dir = join(folder, 'b');
    await jostle(['backup', dir]);
    const nobody = { at: 'http://127.0.0.1:1' };
    const errorOf = async (...args: string[]) => (await jostle(args, nobody)).err;
    expect(await errorOf('restore', folder)).toMatch(/^BACKUP_INCOMPLETE: .*no manifest\.json/);
    expect(await errorOf('restore', join(folder, 'nowhere'))).toMatch(/^BACKUP_FOLDER_UNUSABLE: .*ENOENT/);
    expect(await jostle(['backup', dir])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^BACKUP_FOLDER_UNUSABLE: .* is not empty/),
    });

    const manifest = join(dir, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"rows": 2', '"rows": 3'));
    expect(await errorOf('restore', dir)).toMatch(/^BACKUP_DAMAGED: .*manifest\.json is damaged/);
    await writeFile(manifest, text.replace('"format": 1', '"format": 9'));
    expect(await errorOf('restore', dir)).toMatch(/^BACKUP_VERSION_DIFFERS: .*format 9/);
    await writeFile(manifest, text);

    const legs = join(dir, 'leg.ndjson.gz');
    const whole = await readFile(legs);
    const flipped = Buffer.from(whole);
    flipped[20] = (flipped[20] ?? 0) ^ 0x10;
    await writeFile(legs, flipped);
    expect(await errorOf('restore', dir)).toMatch(/^BACKUP_DAMAGED: .*leg\.ndjson\.gz/);
    await writeFile(legs, whole);
    await truncate(legs, whole.length - 12);
    expect(await errorOf('restore', dir)).toMatch(/^BACKUP_DAMAGED: .*leg\.ndjson\.gz/);
    await rm(legs);
    expect(await errorOf('restore', dir)).toMatch(/^BACKUP_INCOMPLETE: .*leg\.ndjson\.gz is missing/);
  });

  it('need the key', async () => {
    const dir = join(folder, 'b');
    expect((await jostle(['backup', dir], { apiKey: 'wrong' })).err).toMatch(/^REST_UNAUTHORISED/);
    await jostle(['backup', join(folder, 'c')]);
    expect((await jostle(['restore', join(folder, 'c'), '--replace'], { apiKey: 'wrong' })).err).toMatch(
      /^REST_UNAUTHORISED/,
    );
  });

  it('say that the service ended in between, and leave a folder that is known to be unfinished', async () => {
    const body = 'x'.repeat(60_000);
    const rows = Array.from({ length: 400 }, (_, i) => ({
      device_id: 'DEV-9',
      topic: '',
      received_at: 0,
      code: 'X',
      reason: '',
      raw: body,
      digest: String(i),
      epoch: null,
      seq: null,
    }));
    for (let i = 0; i < rows.length; i += 50)
      await store.db
        .insertInto('quarantine')
        .values(rows.slice(i, i + 50))
        .execute();
    const dir = join(folder, 'b');
    const running = jostle(['backup', dir]);
    const files = () => (existsSync(dir) ? readdirSync(dir).length : 0);
    await expect.poll(files, { interval: 1 }).toBeGreaterThan(3);
    await app.close();
    expect(await running).toMatchObject({
      code: 1,
      err: expect.stringMatching(/broke off|BACKUP_INCOMPLETE/),
    });
    expect(readdirSync(dir)).not.toContain('manifest.json');
    expect((await jostle(['restore', dir])).err).toMatch(/^BACKUP_INCOMPLETE/);
  });

  it('say that a folder cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect((await jostle(['backup', join(file, 'b')])).err).toMatch(/^BACKUP_FOLDER_UNUSABLE: .*ENOTDIR/);
    await mkdir(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o755);
    expect((await jostle(['backup', join(folder, 'open')])).code).toBe(0);
  });
});
