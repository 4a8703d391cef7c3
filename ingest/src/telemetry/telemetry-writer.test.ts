import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { startInflux } from '../testing/influx.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord, START_MS } from '../testing/records.ts';
import { type ScriptedAnswer, startScriptedServer } from '../testing/scripted-server.ts';
import { describeWithServer, freePort } from '../testing/servers.ts';
import { openTemporaryStore } from '../testing/stores.ts';
import { InfluxTelemetryStore } from './influx-store.ts';

let store: Store;
let close: () => Promise<void>;
let running: { stop(): Promise<void> } | undefined;
beforeEach(async () => {
  ({ store, close } = await openTemporaryStore());
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  const readings = Array.from({ length: 8 }, (_, i) => makeRecord(i + 1, 'climate', { temperatureC: i + 1 }));
  await new Inbox(store).commit([submissionOf(readings)]);
});
afterEach(async () => {
  await running?.stop();
  await close();
});

const cursor = async () =>
  (await store.db.selectFrom('cursor').select('value').executeTakeFirst())?.value ?? 0;
const isBad = (body: string) => body.includes('temp_c=3,');

/** Runs the writer against a server that answers by script, until the inbox is carried. */
async function carry(answer: (body: string, request: number) => ScriptedAnswer) {
  const server = await startScriptedServer(answer);
  const place = { url: server.url, database: 'jostle', user: undefined, token: undefined };
  const run = startWriter(store, new InfluxTelemetryStore(place));
  running = run.writer;
  await run.firstIdle;
  await run.writer.stop();
  await server.close();
  return { ...run, bodies: server.bodies };
}

describe('telemetry writer', () => {
  it('moves its cursor past what was written, and goes on from there', async () => {
    const { bodies } = await carry(() => ({ status: 204 }));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.split('\n')).toHaveLength(8);
    expect(bodies[0]?.split('\n')[0]).toBe(`env,device=DEV-1 temp_c=1,rh_pct=40 ${START_MS + 1000}000001`);
    expect(await cursor()).toBe(8);
    expect((await carry(() => ({ status: 204 }))).bodies).toEqual([]);
  });

  it.each([500, 503, 429])(
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
      expect(await cursor()).toBe(8);
    },
  );

  it('waits as long as the server asks for', async () => {
    const { pauses } = await carry((_, request) =>
      request === 1 ? { status: 429, headers: { 'retry-after': '120' } } : { status: 204 },
    );
    expect(pauses).toEqual([120_000]);
  });

  it.each([401, 403, 404])(
    'pauses and raises an error at %i, and writes once that is mended',
    async (status) => {
      const { bodies, pauses, logged } = await carry((_, request) => ({
        status: request <= 3 ? status : 204,
      }));
      expect(bodies).toHaveLength(4);
      expect(pauses).toEqual([30_000, 30_000, 30_000]);
      expect(logged.map(({ level }) => level)).toEqual(['error', 'info']);
      expect(await cursor()).toBe(8);
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
    expect(await cursor()).toBe(8);
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
      expect(await cursor()).toBe(8);
    },
  );

  it('leaves its cursor where it is when it is stopped during an outage', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const place = { url, database: 'jostle', user: undefined, token: undefined };
    const { writer, pauses } = startWriter(store, new InfluxTelemetryStore(place));
    running = writer;
    await expect.poll(() => pauses.length).toBeGreaterThan(2);
    expect(writer.problem).toContain('ECONNREFUSED');
    await writer.stop();
    expect(await cursor()).toBe(0);
  });
});

describeWithServer('influxd', 'telemetry writer with InfluxDB', () => {
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
