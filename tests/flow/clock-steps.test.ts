import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { ManualClock, MINUTE_MS, type RecordDraft } from '@jostle/contracts';
import { type AgentConfig, runAgent } from '@jostle/edge/agent';
import { truthOf } from '@jostle/firmware-sim';
import { startService } from '@jostle/ingest';
import { openStore, placedRecords } from '@jostle/ingest/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { JOURNEY, JOURNEY_MINUTES, JOURNEY_START_MS } from './stepping-journey.ts';

/** The whole chain, all of it real but the chips and the clock of the device, which steps by hours, days and to 1970. */

const log = pino({ level: 'silent' });
const WORKER = new URL('./stepping-worker-entry.js', import.meta.url);
const END_MS = JOURNEY_START_MS + JOURNEY_MINUTES * MINUTE_MS;
/** An anchor and a record each round both clocks to the millisecond. */
const ROUNDING_MS = 3;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-steps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Lets a device measure the journey and deliver it. @returns what it measured, in order */
async function deliverJourney(): Promise<RecordDraft[]> {
  const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), log);
  onTestFinished(() => broker.stop());
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const config = { httpHost: '127.0.0.1', httpPort: 0, dataDir: join(folder, 'ingest'), mqttUrl } as const;
  const service = await startService(
    { ...config, influxDatabase: 'jostle', inboxRetentionDays: 7, logLevel: 'info' },
    log,
    new ManualClock(END_MS),
  );
  const api = `http://127.0.0.1:${service.httpPort}/api/v1`;
  const headers = { 'content-type': 'application/json' };
  await fetch(`${api}/devices`, { method: 'POST', headers, body: '{"id":"BOX-A","name":"Box A"}' });

  const reportFile = join(folder, 'report.json');
  const agent = runAgent({
    config: {
      deviceId: 'BOX-A',
      dataDir: join(folder, 'device'),
      mqttUrl,
      outboxMaxRecords: 10_000,
    } as AgentConfig,
    workerUrl: WORKER,
    workerData: () => ({ reportFile, JOURNEY_START_MS }),
    log,
  });
  onTestFinished(() => agent.stop());
  await expect.poll(() => existsSync(reportFile), { timeout: 90_000, interval: 100 }).toBe(true);
  await expect.poll(() => agent.status().backlog).toBe(0);
  const range = `from=${new Date(JOURNEY_START_MS).toISOString()}&to=${new Date(END_MS).toISOString()}`;
  const drafts = JSON.parse(readFileSync(reportFile, 'utf8')) as RecordDraft[];
  const readings = drafts.filter(({ kind }) => kind === 'climate').length;
  const curve = async () =>
    (
      (await (await fetch(`${api}/devices/BOX-A/climate?points=5000&${range}`)).json()) as {
        items: unknown[];
      }
    ).items;
  await expect.poll(async () => (await curve()).length).toBe(readings);
  await agent.stop();
  await service.stop();
  return drafts;
}

test('a clock that steps by an hour, by a day and to 1970 loses nothing, changes no order, and each record gets its true time', {
  timeout: 180_000,
}, async () => {
  const drafts = await deliverJourney();
  const store = await openStore({ dataDir: join(folder, 'ingest') });
  onTestFinished(() => store.close());
  const rows = await placedRecords(store);
  expect(
    rows.map(({ record: { seq, kind, monotonicMs, measuredAt } }) => [seq, kind, monotonicMs, measuredAt]),
  ).toEqual(drafts.map(({ kind, monotonicMs, measuredAt }, i) => [i + 1, kind, monotonicMs, measuredAt]));
  const wrongest = Math.max(...drafts.map((d) => Math.abs(d.measuredAt - JOURNEY_START_MS - d.monotonicMs)));
  expect(wrongest).toBe(JOURNEY_START_MS);
  const errors = rows.map(({ record, at }) => Math.abs((at ?? 0) - JOURNEY_START_MS - record.monotonicMs));
  expect(Math.max(...errors)).toBeLessThanOrEqual(ROUNDING_MS);
  expect(new Set(rows.map((row) => row.quality))).toEqual(new Set(['measured', 'corrected']));

  const shocks = await store.db.selectFrom('shock_event').select('impact_at').orderBy('impact_at').execute();
  const truth = truthOf(JOURNEY).filter(({ heightM }) => (heightM ?? 0) > 0.5);
  expect(shocks).toHaveLength(truth.length);
  for (const [i, { impact_at }] of shocks.entries())
    expect(Math.abs(impact_at - (truth[i]?.at ?? 0))).toBeLessThan(20);

  const spans = await store.db
    .selectFrom('coverage')
    .select(['starts_at', 'ends_at'])
    .orderBy('starts_at')
    .execute();
  expect(spans.length).toBeGreaterThanOrEqual(JOURNEY_MINUTES);
  for (const [i, { starts_at }] of spans.slice(1).entries())
    expect(Math.abs(starts_at - (spans[i]?.ends_at ?? 0))).toBeLessThanOrEqual(ROUNDING_MS);
  expect((spans.at(-1)?.ends_at ?? 0) - (spans[0]?.starts_at ?? 0)).toBeGreaterThan(
    JOURNEY_MINUTES * MINUTE_MS - 2000,
  );

  const excursions = await store.db.selectFrom('excursion').select(['started_at', 'ended_at']).execute();
  expect(excursions).toHaveLength(1);
  const [warm] = excursions;
  // Beyond 30 °C from minute 9 on, back below 29.5 °C after minute 17; read every 10 s.
  expect(Math.abs((warm?.started_at ?? 0) - JOURNEY_START_MS - 9 * MINUTE_MS)).toBeLessThan(15_000);
  expect(Math.abs((warm?.ended_at ?? 0) - JOURNEY_START_MS - 17 * MINUTE_MS)).toBeLessThan(20_000);
});
