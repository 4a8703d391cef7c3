import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onEachStore, openTemporaryStore } from '../testing/stores.ts';
import { insertRows } from './row-sets.ts';
import { openStore } from './store.ts';

onEachStore('store', (open) => {
  it('keeps what was committed when it is opened again', async () => {
    const first = await open();
    await first.db.insertInto('cursor').values({ name: 'a', value: 1_900_000_000_000 }).execute();
    await first.close();
    const second = await open();
    expect(await second.db.selectFrom('cursor').selectAll().execute()).toEqual([
      { name: 'a', value: 1_900_000_000_000 },
    ]);
  });

  it('gives whole numbers as numbers, from columns, counts and sums', async () => {
    const { db } = await open();
    await db
      .insertInto('cursor')
      .values([
        { name: 'a', value: 4 },
        { name: 'b', value: 5 },
      ])
      .execute();
    const row = await db
      .selectFrom('cursor')
      .select(({ fn }) => [fn.countAll().as('n'), fn.sum('value').as('sum'), fn.max('value').as('max')])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ n: 2, sum: 9, max: 5 });
  });

  it('leaves nothing of a transaction that fails', async () => {
    const { db } = await open();
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('cursor').values({ name: 'a', value: 1 }).execute();
      await trx.insertInto('cursor').values({ name: 'a', value: 2 }).execute();
    });
    await expect(failing).rejects.toThrow();
    expect(await db.selectFrom('cursor').selectAll().execute()).toEqual([]);
  });

  it('leaves nothing of a transaction of which many rows at once could not be written', async () => {
    const { db, engine } = await open();
    const row = { name: 'a', value: 1 };
    const failing = db.transaction().execute(async (trx) => {
      await insertRows(trx, engine, 'cursor', [row, row]);
      await insertRows(trx, engine, 'cursor', [{ name: 'b', value: 2 }]);
      return 'committed';
    });
    await expect(failing).rejects.toThrow(/unique/i);
    expect(await db.selectFrom('cursor').selectAll().execute()).toEqual([]);
    await db.transaction().execute((trx) => insertRows(trx, engine, 'cursor', [row]));
    expect(await db.selectFrom('cursor').selectAll().execute()).toEqual([row]);
  });

  it('keeps transactions apart that run at the same time', async () => {
    const { db } = await open();
    await db.insertInto('cursor').values({ name: 'a', value: 0 }).execute();
    const increment = () =>
      db.transaction().execute(async (trx) => {
        await sql`update cursor set value = value + 1 where name = 'a'`.execute(trx);
        return trx.selectFrom('cursor').select('value').executeTakeFirstOrThrow();
      });
    const seen = await Promise.all(Array.from({ length: 20 }, increment));
    expect(new Set(seen.map((row) => row.value)).size).toBe(20);
  });
});

it('refuses a data directory that another process has open, and opens it after that process was killed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jostle-lock-'));
  const holder = fork(new URL('../testing/store-holder.ts', import.meta.url), [dataDir], {
    execArgv: ['--import', 'tsx'],
  });
  await once(holder, 'message');
  await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'INGEST_STORE_IN_USE' });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const store = await openStore({ dataDir });
  expect(await store.db.selectFrom('cursor').select('value').execute()).toEqual([{ value: 7 }]);
  await store.close();
  await rm(dataDir, { recursive: true });
});

it('answers with an error after it was closed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jostle-closed-'));
  const store = await openStore({ dataDir });
  await store.close();
  await expect(store.db.selectFrom('cursor').selectAll().execute()).rejects.toThrow();
  await rm(dataDir, { recursive: true });
});

it('a store on SQLite has each commit on the disk before it is answered', async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  // FULL (sqlite.org/pragma.html).
  expect((await sql`pragma synchronous`.execute(store.db)).rows).toEqual([{ synchronous: 2 }]);
  expect((await sql`pragma journal_mode`.execute(store.db)).rows).toEqual([{ journal_mode: 'wal' }]);
});

describe('a write of many rows on SQLite, which is sent with what is asked next', () => {
  const row = { name: 'a', value: 1 };
  const opened = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'jostle-later-'));
    const { db, engine, close } = await openStore({ dataDir });
    const rows = () => db.selectFrom('cursor').selectAll().execute();
    const end = async () => {
      await close();
      await rm(dataDir, { recursive: true });
    };
    return { db, engine, rows, end };
  };

  it('fails the question, and the commit even where nobody heeds that', async () => {
    const { db, engine, rows, end } = await opened();
    const answers: unknown[] = [];
    const transaction = db.transaction().execute(async (trx) => {
      await insertRows(trx, engine, 'cursor', [row, row]);
      answers.push(await trx.selectFrom('cursor').selectAll().execute().catch(String));
    });
    await expect(transaction).rejects.toThrow(/UNIQUE/);
    expect(answers).toEqual([expect.stringMatching(/UNIQUE/)]);
    expect(await rows()).toEqual([]);
    await end();
  });

  it('comes to nothing where the transaction is given up before anything is asked', async () => {
    const { db, engine, rows, end } = await opened();
    const transaction = db.transaction().execute(async (trx) => {
      await insertRows(trx, engine, 'cursor', [row]);
      throw new RangeError('given up');
    });
    await expect(transaction).rejects.toThrow('given up');
    expect(await rows()).toEqual([]);
    await end();
  });
});
