import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { startInflux } from '../testing/influx.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord, START_MS } from '../testing/records.ts';
import { type ScriptedAnswer, startScriptedServer } from '../testing/scripted-server.ts';
import { describeWithServer, freePort } from '../testing/servers.ts';
import { onEachStore, openTemporaryStore } from '../testing/stores.ts';
import { EmbeddedTelemetryStore } from './embedded-store.ts';
import { InfluxTelemetryStore } from './influx-store.ts';

let store: Store;
let running: { stop(): Promise<void> } | undefined;
beforeEach(() => {
  running = undefined;
});

/** Takes the store of the test in use, with eight readings in its inbox. */
async function begin(opened: Store) {
  store = opened;
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  const readings = Array.from({ length: 8 }, (_, i) => makeRecord(i + 1, 'climate', { temperatureC: i + 1 }));
  await new Inbox(store).commit([submissionOf(readings)]);
}

/** How many runs of the inbox lie beyond the cursor. */
const uncarried = async () => {
  const value = (await store.db.selectFrom('cursor').select('value').executeTakeFirst())?.value ?? 0;
  return (await store.db.selectFrom('inbox').select('id').where('id', '>', value).execute()).length;
};
const isBad = (body: string) => body.includes('temp_c=3,');

function influxAt(url: string, timeoutMs?: number): InfluxTelemetryStore {
  return new InfluxTelemetryStore({ url, database: 'jostle', user: undefined, token: undefined }, timeoutMs);
}

/** Runs the writer against a server that answers by script, until the inbox is carried. */
async function carry(answer: (body: string, request: number) => ScriptedAnswer | 'cut') {
  const server = await startScriptedServer(answer);
  const run = startWriter(store, influxAt(server.url));
  running = run.writer;
  await run.firstIdle;
  await run.writer.stop();
  await server.close();
  return { ...run, bodies: server.bodies };
}

onEachStore('telemetry writer', (open) => {
  beforeEach(async () => begin(await open()));
  afterEach(() => running?.stop());

  it('moves its cursor past what was written, and goes on from there', async () => {
    const { bodies } = await carry(() => ({ status: 204 }));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.split('\n')).toHaveLength(8);
    expect(bodies[0]?.split('\n')[0]).toBe(`env,device=DEV-1 temp_c=1,rh_pct=40 ${START_MS + 1000}000001`);
    expect(await uncarried()).toBe(0);
    expect((await carry(() => ({ status: 204 }))).bodies).toEqual([]);
  });

  it.each([500, 502, 503, 504, 429, 408])(
    'tries again for ever after %i, later each time, and loses nothing',
    async (status) => {
      const { bodies, pauses, logged } = await carry((_, request) => ({
        status: request <= 20 ? status : 204,
      }));
      expect(bodies).toHaveLength(21);
      expect(new Set(bodies).size).toBe(1);
      expect(pauses.slice(0, 3)).toEqual([375, 750, 1500]);
      expect(pauses.at(-1)).toBe(45_000);
      expect(logged.map(({ level }) => level)).toEqual(['warn', 'info']);
      expect(await uncarried()).toBe(0);
    },
  );

  it.each([
    ['as many seconds', '120', 120_000],
    ['until a time', 'Sun, 01 Mar 2026 09:02:00 GMT', 120_000],
    ['not for ever', '99999999999', 900_000],
    ['as it would anyway', 'soon', 375],
    ['as it would anyway', 'Sun, 01 Mar 2026 08:00:00 GMT', 375],
  ])('waits %s where the server asks for %s', async (_, retryAfter, ms) => {
    const headers = { 'retry-after': retryAfter, date: 'Sun, 01 Mar 2026 09:00:00 GMT' };
    for (const status of [429, 503]) {
      const { pauses } = await carry((__, request) =>
        request === 1 ? { status, headers } : { status: 204 },
      );
      expect(pauses).toEqual([ms]);
      await store.db.deleteFrom('cursor').execute();
    }
  });

  it.each([
    ['something that is no HTTP', 'MQTT-3.1.1 HELLO\r\n\r\n'],
    ['half an answer', 'HTTP/1.1 204 No Con'],
    ['nothing, and closes', ''],
  ])('tries again where %s comes back', async (_, answer) => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(answer));
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const run = startWriter(store, influxAt(`http://127.0.0.1:${port}`));
    running = run.writer;
    await expect.poll(() => run.pauses.length).toBeGreaterThan(2);
    expect(run.logged.map(({ level }) => level)).toEqual(['warn']);
    await run.writer.stop();
    expect(await uncarried()).toBe(1);
  });

  it('tries again where no answer comes in time', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const run = startWriter(store, influxAt(`http://127.0.0.1:${port}`, 20));
    running = run.writer;
    await expect.poll(() => run.pauses.length).toBeGreaterThan(1);
    expect(run.writer.problem).toBe('no answer in 20 ms');
    await run.writer.stop();
    expect(await uncarried()).toBe(1);
  });

  it.each([401, 403, 404, 405, 200, 202, 302])(
    'pauses and raises an error at %i, and writes once that is mended',
    async (status) => {
      const { bodies, pauses, logged } = await carry((_, request) => ({
        status: request <= 3 ? status : 204,
      }));
      expect(bodies).toHaveLength(4);
      expect(pauses).toEqual([30_000, 30_000, 30_000]);
      expect(logged.map(({ level }) => level)).toEqual(['error', 'info']);
      expect(await uncarried()).toBe(0);
    },
  );

  it('raises an error where only a person can help, also in the middle of an outage', async () => {
    const statuses = [503, 401, 503, 401];
    const { logged } = await carry((_, request) => ({ status: statuses[request - 1] ?? 204 }));
    expect(logged.map(({ level }) => level)).toEqual(['warn', 'error', 'info']);
  });

  it('halves a batch that is too large', async () => {
    const { bodies } = await carry((body) => ({ status: body.split('\n').length > 2 ? 413 : 204 }));
    expect(bodies.map((body) => body.split('\n').length)).toEqual([8, 4, 2, 2, 4, 2, 2]);
    expect(await uncarried()).toBe(0);
  });

  it.each([400, 422])(
    'finds the one bad line of a batch at %i and puts only that into quarantine',
    async (status) => {
      const { bodies } = await carry((body) => ({
        status: isBad(body) ? status : 204,
        body: 'partial write',
      }));
      const written = bodies.filter((body) => !isBad(body)).flatMap((body) => body.split('\n'));
      expect(written).toHaveLength(7);
      const rows = await store.db.selectFrom('quarantine').select(['code', 'seq', 'reason']).execute();
      expect(rows).toEqual([
        { code: 'INGEST_TELEMETRY_REFUSED', seq: 3, reason: `status ${status}: partial write` },
      ]);
      expect(await uncarried()).toBe(0);
    },
  );

  it('says once that points are older than any that are kept, and goes on', async () => {
    const { logged, bodies } = await carry(() => ({
      status: 400,
      body: '{"error":"partial write: points beyond retention policy dropped=8"}\n',
    }));
    expect(bodies).toHaveLength(1);
    expect(logged).toMatchObject([{ level: 'warn', code: 'INGEST_TELEMETRY_TOO_OLD', points: 8 }]);
    expect(await store.db.selectFrom('quarantine').select('seq').execute()).toEqual([]);
    expect(await uncarried()).toBe(0);
  });

  it.each([
    ['tries again where the server goes while the database is made', 'cut', 375, 'warn'],
    ['tries again where the server has no time to make it', 503, 375, 'warn'],
    ['raises an error where it may not be made', 403, 30_000, 'error'],
    ['raises an error where it cannot be made', 200, 30_000, 'error'],
  ] as const)('%s', async (_, failure, ms, level) => {
    const { pauses, logged } = await carry((__, request) => {
      if (request === 1) return { status: 404, headers: { 'x-influxdb-version': '1.6.7' } };
      if (request > 2) return { status: 204 };
      return failure === 'cut' ? 'cut' : { status: failure, body: '{"error":"not now"}' };
    });
    expect(pauses).toEqual([ms]);
    expect(logged.map((line) => line.level)).toEqual([level, 'info']);
    expect(await uncarried()).toBe(0);
  });

  it('leaves room in the quarantine for what devices send where the server refuses everything', async () => {
    const messages = Array.from({ length: 11 }, (_, m) =>
      submissionOf(Array.from({ length: 100 }, (__, i) => makeRecord(9 + 100 * m + i, 'climate'))),
    );
    await new Inbox(store).commit(messages);
    const { logged } = await carry(() => ({ status: 400, body: '{"error":"field type conflict"}' }));
    expect(logged).toMatchObject([
      { code: 'INGEST_TELEMETRY_REFUSED', points: 1_108, overflow: 108, deviceId: 'DEV-1', seq: 1 },
    ]);
    const rows = store.db.selectFrom('quarantine').select(({ fn }) => fn.countAll<number>().as('rows'));
    expect(await rows.executeTakeFirst()).toEqual({ rows: 1_000 });
    expect(await uncarried()).toBe(0);
  });

  it('reads ahead in batches, and its cursor passes one only when it is written', async () => {
    const messages = Array.from({ length: 120 }, (_, m) =>
      submissionOf(
        Array.from({ length: 100 }, (__, i) =>
          makeRecord(10 + 200 * m + i, 'climate', { temperatureC: i / 4 }),
        ),
      ),
    );
    await new Inbox(store).commit(messages);
    const seen: number[] = [];
    const { bodies } = await carry((body, request) => {
      seen.push(body.split('\n').length);
      return { status: request === 2 ? 503 : 204 };
    });
    expect(seen.reduce((sum, n) => sum + n, 0) - (seen[1] ?? 0)).toBe(12_008);
    expect(bodies[1]).toBe(bodies[2]);
    expect(Math.max(...seen)).toBeLessThan(5100);
    expect(bodies.length).toBe(4);
    expect(await uncarried()).toBe(0);
  });

  it('runs an errand between two writes, and drops it when it is stopped before', async () => {
    const run = startWriter(store, new EmbeddedTelemetryStore(store));
    running = run.writer;
    await run.firstIdle;
    expect(await run.writer.run(async () => 7)).toBe(7);
    await expect(run.writer.run(() => Promise.reject(new TypeError('no')))).rejects.toThrow('no');
    await run.writer.stop();
    expect(await run.writer.run(async () => 7)).toBeUndefined();
  });

  it('leaves its cursor where it is when it is stopped during an outage', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { writer, pauses } = startWriter(store, influxAt(url));
    running = writer;
    await expect.poll(() => pauses.length).toBeGreaterThan(2);
    expect(writer.problem).toContain('ECONNREFUSED');
    await writer.stop();
    expect(await uncarried()).toBe(1);
  });
});

describeWithServer('influxd', 'telemetry writer with InfluxDB', () => {
  let close: () => Promise<void>;
  beforeEach(async () => {
    const temporary = await openTemporaryStore();
    close = temporary.close;
    await begin(temporary.store);
  });
  afterEach(async () => {
    await running?.stop();
    await close();
  });

  it('carries the inbox around one impossible point, makes the database first, and writes again without a change', async () => {
    const server = await startInflux();
    const impossible = { ...makeRecord(9, 'climate'), measuredAt: 8.64e15 };
    await new Inbox(store).commit([submissionOf([impossible]), submissionOf([makeRecord(10, 'shock')])]);
    const telemetry = new InfluxTelemetryStore({ ...server, database: 'jostle' });
    const run = startWriter(store, telemetry);
    running = run.writer;
    await run.firstIdle;
    const count = async () => JSON.stringify(await server.query('SELECT count(*) FROM env, shock', 'jostle'));
    const before = await count();
    expect(before).toContain('"count_temp_c"');
    await store.db.updateTable('cursor').set({ value: 0 }).execute();
    await run.nudge();
    await run.writer.stop();
    expect(await count()).toBe(before);
    expect(await telemetry.climate('DEV-1', START_MS, START_MS + 60_000, 60_001)).toHaveLength(8);
    expect(await store.db.selectFrom('quarantine').select(['code', 'seq']).execute()).toEqual([
      { code: 'INGEST_TELEMETRY_REFUSED', seq: 9 },
    ]);
    await server.stop();
  });
});
