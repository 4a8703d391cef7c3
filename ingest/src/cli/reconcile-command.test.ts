import { ManualClock } from '@jostle/contracts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { Housekeeping } from '../keeping/housekeeping.ts';
import { keepingMetrics } from '../keeping/keeping-metrics.ts';
import { ReconciliationJobs } from '../keeping/reconciliation-jobs.ts';
import { buildServer } from '../rest/server.ts';
import { serverDeps } from '../rest/server-fixture.ts';
import type { TypedApp } from '../rest/typed-app.ts';
import type { Store } from '../store/store.ts';
import { EmbeddedTelemetryStore } from '../telemetry/embedded-store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { openTemporaryStore } from '../testing/stores.ts';
import { runCli } from './program.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let store: Store;
let clock: ManualClock;
let metrics: Registry;
let logged: { level: number; msg: string }[];
let app: TypedApp;
let url: string;
let ending: (() => Promise<void>)[];

beforeEach(async () => {
  const opened = await openTemporaryStore();
  store = opened.store;
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  const readings = Array.from({ length: 5 }, (_, i) => makeRecord(i + 1, 'climate'));
  await new Inbox(store).commit([submissionOf(readings, { receivedAt: START_MS + 10_000 })]);
  clock = new ManualClock(START_MS + HOUR_MS);
  metrics = new Registry();
  logged = [];
  const telemetry = new EmbeddedTelemetryStore(store);
  const run = startWriter(store, telemetry);
  await run.firstIdle;
  const jobs = new ReconciliationJobs(store.db, clock, 7);
  const housekeeping = new Housekeeping({
    ...{ store, telemetry, jobs, clock, retentionDays: 7, writer: run.writer },
    log: pino({}, { write: (line: string) => logged.push(JSON.parse(line)) }),
    metrics: keepingMetrics(metrics, () => true),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  app = await buildServer(serverDeps(store, { reconciliations: jobs, config: {} }));
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  ending = [() => app.close(), () => housekeeping.stop(), () => run.writer.stop(), opened.close];
});

afterEach(async () => {
  for (const end of ending) await end();
});

async function reconcile(...args: string[]) {
  const written = { out: '', err: '' };
  const code = await runCli(['reconcile', ...args], {
    config: () => ({ url }),
    terminal: {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      isInteractive: false,
      width: 80,
    },
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return { code, ...written };
}

const lose = () =>
  store.db
    .deleteFrom('telemetry_climate')
    .where('measured_at', '<', START_MS + 2500)
    .execute();

describe('jostle reconcile', () => {
  it('says that all is well', async () => {
    const { code, out } = await reconcile();
    expect(out).toContain('5 points of 1 devices\nInbox and telemetry store agree.\n');
    expect(code).toBe(0);
  });

  it('names the hours that differ and exits with 1, and with 0 once they are mended', async () => {
    await lose();
    const found = await reconcile('--device', 'DEV-1', '--from', '2026-03-01T09:00:00Z');
    expect(found.code).toBe(1);
    const [, , head, , row] = found.out.split('\n');
    expect(head).toBe('device  hour                      inbox  telemetry  missing  refused  extra  outcome');
    expect(row).toBe('DEV-1   2026-03-01T09:00:00.000Z      5          3        2        0      0  differs');
    expect(found.out).toContain('Hours that differ: 1.');
    const mended = await reconcile('--fix');
    expect(mended).toMatchObject({ code: 0, err: '' });
    expect(mended.out).toContain('Mended: 1 of 1.');
    expect((await reconcile('--json')).out).toContain('"differingHours": 0');
  });

  it('says how many points were refused, and sends them again', async () => {
    await lose();
    const row = { device_id: 'DEV-1', topic: 'telemetry', received_at: 0, reason: '', raw: '', epoch: EPOCH };
    const rows = [1, 2].map((seq) => ({ ...row, code: 'INGEST_TELEMETRY_REFUSED', digest: `${seq}`, seq }));
    await store.db.insertInto('quarantine').values(rows).execute();
    const found = await reconcile();
    expect(found).toMatchObject({ code: 0, err: '' });
    expect(found.out).toMatch(/^DEV-1 .* 5 +3 +0 +2 +0 +refused$/m);
    expect(found.out).toContain('Hours of which InfluxDB refused points: 1.');
    expect(found.out).toContain('quarantine list --code INGEST_TELEMETRY_REFUSED');
    const mended = await reconcile('--fix');
    expect(mended.out).toMatch(/^DEV-1 .* 5 +3 +0 +2 +0 +mended$/m);
    expect(mended.out).toContain('Mended: 1 of 1.\n');
    expect((await reconcile()).out).toContain('Inbox and telemetry store agree.');
    expect(await store.db.selectFrom('quarantine').select('id').execute()).toEqual([]);
  });

  it('says which hours it cannot compare', async () => {
    await store.db.insertInto('cursor').values({ name: 'inbox-expired', value: START_MS }).execute();
    const { out } = await reconcile('--from', '2026-03-01T06:00:00Z');
    expect(out).toContain('Not compared: the first 3 h, of which');
  });

  it('refuses a range that ends before it begins', async () => {
    const { code, err } = await reconcile('--from', '2026-03-02T00:00:00Z', '--to', '2026-03-01T00:00:00Z');
    expect(code).toBe(1);
    expect(err).toContain('REST_REQUEST_INVALID');
  });

  it('does not know a comparison that nobody asked for', async () => {
    const answer = await fetch(`${url}/api/v1/telemetry/reconciliations/none`);
    expect(answer.status).toBe(404);
  });
});

describe('housekeeping', () => {
  it('compares by itself once a day, mends, and shows it', async () => {
    await lose();
    await expect.poll(() => store.db.selectFrom('cursor').select('name').execute()).toHaveLength(2);
    clock.advance(DAY_MS - 1);
    expect((await reconcile('--json')).out).toContain('"remainingHours": 1');
    clock.advance(1);
    const curve = () => store.db.selectFrom('telemetry_climate').select('point_ns').execute();
    await expect.poll(curve).toHaveLength(5);
    const gauge = async () =>
      (await metrics.getMetricsAsJSON()).map(({ name, values }) => [name, values[0]?.value]);
    await expect.poll(gauge).toContainEqual(['jostle_ingest_reconciliation_hours_remaining', 0]);
    expect(await gauge()).toContainEqual(['jostle_ingest_reconciliation_hours_differing', 1]);
  });

  it('lets old records go and says how many', async () => {
    await new Inbox(store).commit([
      submissionOf([makeRecord(9, 'climate')], { receivedAt: START_MS + 8 * DAY_MS }),
    ]);
    clock.advance(8 * DAY_MS);
    await expect
      .poll(() => store.db.selectFrom('inbox').select('from_seq').execute())
      .toEqual([{ from_seq: 9 }]);
    await expect
      .poll(() => logged.find(({ msg }) => msg === 'old records left the inbox'))
      .toMatchObject({
        runs: 1,
        records: 5,
      });
    expect(await metrics.metrics()).toContain('jostle_ingest_records_expired_total 5');
  });
});
