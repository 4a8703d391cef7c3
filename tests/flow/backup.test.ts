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

/** The real broker and ingest as a process: a restore that is broken off in the middle, by whatever it may be. */

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
  expect
    .poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 20_000, interval: 20 })
    .toBe(expected ? 200 : 503);

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
    headers: { 'content-type': 'application/x-ndjson' },
  });
  sending.on('error', () => {});
  sending.write(backup.subarray(0, backup.indexOf('"S-299"')));
  await isReady(url, false);
  return sending;
}

async function survivesEveryBreak(env: Record<string, string>): Promise<void> {
  let { child, url } = await spawnIngest(env);
  for (let i = 0; i < SITES; i++) await addSite(url, `S-${i}`);
  const answer = await fetch(`${url}/api/v1/backup`, { method: 'POST' });
  const backup = Buffer.from(await answer.arrayBuffer());
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

  const headers = { 'content-type': 'application/x-ndjson' };
  const restored = await fetch(`${url}/api/v1/restore?replace=true`, {
    method: 'POST',
    headers,
    body: backup,
  });
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
});
