import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { spawnMain } from './testing/main-process.ts';
import { startPostgres } from './testing/postgres.ts';
import { describeWithServer, freePort } from './testing/servers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Without a broker: ingest starts and waits for it. */
async function spawnIngest(env: Record<string, string> = {}, preload?: URL) {
  const mqttUrl = `mqtt://127.0.0.1:${await freePort()}`;
  const main = spawnMain({ HTTP_PORT: '0', JOSTLE_DATA_DIR: folder, MQTT_URL: mqttUrl, ...env }, preload);
  onTestFinished(() => void main.child.kill('SIGKILL'));
  return main;
}

/** Starts ingest, which must give up with one line that begins with the code and names the key. */
async function expectRefusal(env: Record<string, string>, status: number, line: RegExp) {
  const { ended, output } = await spawnIngest(env);
  expect(await ended, output()).toBe(status);
  expect(output()).toMatch(line);
  expect(output().trim().split('\n')).toHaveLength(status === 1 ? 1 : 2);
  expect(output()).not.toContain('hunter2');
}

it('names the port that another process listens on', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expectRefusal({ HTTP_PORT: `${port}`, LOG_LEVEL: 'error' }, 1, /^INGEST_PORT_IN_USE: .*HTTP_PORT/m);
});

it('names an address that this machine does not have', async () => {
  // Kept for documentation (RFC 5737): no machine has it.
  const env = { HTTP_HOST: '192.0.2.1', JOSTLE_API_KEY: 'k'.repeat(32), LOG_LEVEL: 'error' };
  await expectRefusal(env, 1, /^INGEST_ADDRESS_UNUSABLE: .*HTTP_HOST/m);
});

it('names a data directory that is none', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expectRefusal({ JOSTLE_DATA_DIR: file }, 1, /^INGEST_STORE_UNREACHABLE: .*JOSTLE_DATA_DIR/m);
});

it('says that no PostgreSQL answers, and shows no password', async () => {
  const url = `postgres://jostle:hunter2@127.0.0.1:${await freePort()}/jostle`;
  await expectRefusal({ DATABASE_URL: url }, 1, /^INGEST_STORE_UNREACHABLE: .*ECONNREFUSED.*DATABASE_URL/m);
  const broken = 'postgres://jostle:hunter2@host:port/jostle';
  await expectRefusal({ DATABASE_URL: broken }, 78, /^CONFIG_INVALID\nDATABASE_URL/m);
});

describeWithServer('postgres', 'ingest at a PostgreSQL that does not let it in', () => {
  it('says so, and shows no password', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = new URL(await server.createDatabase());
    url.password = 'hunter2';
    url.pathname = '/another';
    const noDatabase = /^INGEST_STORE_REFUSED: .*DATABASE_URL.*"another" does not exist/m;
    await expectRefusal({ DATABASE_URL: url.href }, 1, noDatabase);
    url.username = 'nobody';
    await expectRefusal({ DATABASE_URL: url.href }, 1, /^INGEST_STORE_REFUSED: .*DATABASE_URL.*"nobody"/m);
  });
});

it('keeps its database readable by its own user only', async () => {
  const { child } = await spawnIngest();
  await once(child, 'message');
  expect(statSync(join(folder, 'ingest.db')).mode & 0o777).toBe(0o600);
});

it('ends with 1 and says why when the thread of the store is lost', async () => {
  const { child, ended, output } = await spawnIngest(
    {},
    new URL('testing/worker-killer.js', import.meta.url),
  );
  await once(child, 'message');
  child.send('kill');
  expect(await ended).toBe(1);
  const lines = output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ level: 60, code: 'INGEST_STORE_LOST' });
});
