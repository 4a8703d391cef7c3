import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { StorePlace } from '../store/store.ts';
import { startPostgres } from '../testing/postgres.ts';
import { describeWithServer } from '../testing/servers.ts';

const PROCESS = new URL('../testing/volume-process.ts', import.meta.url);
const ROWS = 200_000;
const ROW_BYTES = 600;
/** Half of the rows would not fit into it. */
const HEAP_MB = 64;

async function carries(placeIn: (folder: string) => StorePlace | Promise<StorePlace>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'jostle-volume-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'backup.ndjson');
  const place = JSON.stringify(await placeIn(folder));
  const child = fork(PROCESS, [place, file, `${ROWS}`, `${ROW_BYTES}`], {
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: unknown[] = [];
  child.on('message', (message) => told.push(message));
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(told).toEqual([{ table: 'site', before: ROWS, backup: ROWS, after: ROWS }]);
  expect((await stat(file)).size).toBeGreaterThan(ROWS * ROW_BYTES);
}

it('carries more than fits into memory on SQLite', { timeout: 180_000 }, () =>
  carries((folder) => ({ dataDir: join(folder, 'data') })),
);

describeWithServer('postgres', 'a backup of PostgreSQL', () => {
  it('carries more than fits into memory', { timeout: 180_000 }, async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    await carries(async () => ({ databaseUrl: await server.createDatabase() }));
  });
});
