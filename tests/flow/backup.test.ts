import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { describeWithServer, startPostgres } from '../support/servers.ts';

/** The real broker and ingest as a process: a restore that is broken off by whatever it may be, or that others are in the way of. */

const MAIN = fileURLToPath(new URL('../../ingest/src/main.ts', import.meta.url));
const SITES = 300;

let folder: string;
let broker: Broker;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-flow-backup-'));
  broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), pino({ level: 'silent' }));
});
afterEach(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function spawnIngest(env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: {
      PATH: process.env['PATH'],
      HTTP_PORT: '0',
      JOSTLE_DATA_DIR: join(folder, 'data'),
      MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  await isReady(url, true);
  return { child, url };
}

const isReady = (url: string, expected: boolean) =>
  expect.poll(async () => (await fetch(`${url}/readyz`)).status, { interval: 20 }).toBe(expected ? 200 : 503);

async function addSite(url: string, id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ id, name: `Site ${id}`, kind: 'warehouse' });
  const answer = await fetch(`${url}/api/v1/sites`, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
}

async function siteIds(url: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; after = ids.at(-1) ?? '') {
    const page = await (
      await fetch(`${url}/api/v1/sites?limit=200${after === '' ? '' : `&after=${after}`}`)
    ).json();
    ids.push(...(page as { items: { id: string }[] }).items.map(({ id }) => id));
    if ((page as { next: string | null }).next === null) return ids;
  }
}

/** Begins a restore and sends only a part of the backup; it is under way when this resolves. */
async function beginRestore(url: string, backup: Buffer) {
  const sending = request(`${url}/api/v1/restore?replace=true`, {
    method: 'POST',
    headers: NDJSON,
  });
  sending.on('error', () => {});
  sending.write(backup.subarray(0, backup.indexOf('"S-299"')));
  await isReady(url, false);
  return sending;
}

const NDJSON = { 'content-type': 'application/x-ndjson' };

function restore(url: string, backup: Buffer): Promise<Response> {
  return fetch(`${url}/api/v1/restore?replace=true`, { method: 'POST', headers: NDJSON, body: backup });
}

async function backUp(url: string): Promise<Buffer> {
  const answer = await fetch(`${url}/api/v1/backup`, { method: 'POST' });
  return Buffer.from(await answer.arrayBuffer());
}

async function survivesEveryBreak(env: Record<string, string>): Promise<void> {
  let { child, url } = await spawnIngest(env);
  for (let i = 0; i < SITES; i++) await addSite(url, `S-${i}`);
  const backup = await backUp(url);
  await addSite(url, 'LATER');
  const before = await siteIds(url);
  expect(before).toHaveLength(SITES + 1);

  // The one who restores goes away.
  (await beginRestore(url, backup)).destroy();
  await isReady(url, true);
  expect(await siteIds(url)).toEqual(before);

  // The service is killed.
  await beginRestore(url, backup);
  child.kill('SIGKILL');
  await once(child, 'exit');
  ({ child, url } = await spawnIngest(env));
  expect(await siteIds(url)).toEqual(before);

  // The service is stopped: it does not wait for the rest.
  await beginRestore(url, backup);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
  ({ child, url } = await spawnIngest(env));
  expect(await siteIds(url)).toEqual(before);

  const restored = await restore(url, backup);
  expect(restored.status, await restored.text()).toBe(200);
  expect(await siteIds(url)).toEqual(before.filter((id) => id !== 'LATER'));
  await isReady(url, true);
}

test('a restore on SQLite that is broken off changes nothing', { timeout: 120_000 }, () =>
  survivesEveryBreak({}),
);

describeWithServer('postgres', 'a restore on PostgreSQL', () => {
  test('that is broken off changes nothing', { timeout: 120_000 }, async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    await survivesEveryBreak({ DATABASE_URL: await server.createDatabase() });
  });

  test('is refused while a second worker is on the database, and goes when that one was killed', {
    timeout: 120_000,
  }, async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const env = { DATABASE_URL: await server.createDatabase() };
    const one = await spawnIngest(env);
    await addSite(one.url, 'FIRST');
    const backup = await backUp(one.url);
    await addSite(one.url, 'LATER');
    const other = await spawnIngest(env);

    for (const { url } of [one, other]) {
      const refused = await restore(url, backup);
      expect([refused.status, await refused.json()]).toEqual([
        409,
        expect.objectContaining({ code: 'BACKUP_WORKERS_RUNNING' }),
      ]);
    }
    // Nothing has changed, and both go on with their work.
    for (const { url } of [one, other]) {
      await isReady(url, true);
      expect(await siteIds(url)).toEqual(['FIRST', 'LATER']);
    }
    await addSite(other.url, 'OTHER');

    // PostgreSQL notices on its own that the worker has gone.
    other.child.kill('SIGKILL');
    await once(other.child, 'exit');
    await expect.poll(async () => (await restore(one.url, backup)).status).toBe(200);
    expect(await siteIds(one.url)).toEqual(['FIRST']);
  });
});
