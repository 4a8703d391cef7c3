import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { logAlerts } from './alert-log.ts';
import type { AlertNews } from './alerts.ts';
import { completenessMetrics } from './completeness-metrics.ts';
import { deviceCompleteness } from './device-completeness.ts';
import { noteReception } from './note-reception.ts';
import type { ReceptionFacts } from './reception-facts.ts';
import { rebuildSteps, STEP_MS, StepTally } from './reception-steps.ts';

/** Facts of one record of a device whose outbox holds nothing before it. */
function factsOf(device: number, seq: number): ReceptionFacts {
  const record = makeRecord(seq, 'climate');
  return {
    ...{ deviceId: `DEV-${device}`, epoch: EPOCH, receivedAt: START_MS },
    reports: [{ minSeq: seq, maxSeq: seq }],
    ...{ before: [], after: [[seq, seq]], conflicts: [] },
    fresh: [{ records: [record], placements: [{ quality: 'measured', at: record.measuredAt }] }],
    tombstones: [],
    runs: [{ chainBefore: 'x'.repeat(43), records: [record] }],
  };
}

onEachStore('a batch', (open) => {
  it('of many devices takes as many statements as one of few, and each device its own account', async () => {
    const store = await open();
    const statementsOf = async (devices: number, from: number) => {
      let statements = 0;
      await store.db.transaction().execute((trx) => {
        const counting = trx.withPlugin({
          transformQuery: ({ node }) => node,
          transformResult: async ({ result }) => {
            statements += 1;
            return result;
          },
        });
        return noteReception(
          counting as typeof trx,
          store.engine,
          Array.from({ length: devices }, (_, i) => factsOf(from + i, i === 2 ? 4 : 1)),
        );
      });
      return statements;
    };
    const few = await statementsOf(3, 1000);
    expect(await statementsOf(200, 1)).toBe(few);
    expect(few).toBeLessThan(12);
    const lostOf = async (device: string) =>
      (await deviceCompleteness(store.db, device, START_MS, null)).gaps;
    expect(await lostOf('DEV-3')).toMatchObject([{ fromSeq: 1, toSeq: 3, state: 'lost' }]);
    expect(await lostOf('DEV-4')).toEqual([]);
  });

  it('shows in the metrics what became of its records, and which alerts are open', async () => {
    const store = await open();
    const registry = new Registry();
    completenessMetrics(registry, store);
    const behind = { ...factsOf(2, 1), reports: [{ minSeq: 1, maxSeq: 8 }] };
    await store.db.transaction().execute((trx) => noteReception(trx, store.engine, [factsOf(1, 4), behind]));
    const text = await registry.metrics();
    for (const line of [
      'jostle_ingest_records{state="stored"} 2',
      'jostle_ingest_records{state="lost"} 3',
      'jostle_ingest_records{state="awaited"} 7',
      'jostle_alerts_open{kind="lost"} 1',
      'jostle_alerts_open{kind="conflict"} 0',
    ])
      expect(text).toContain(line);
  });

  it('keeps the steps of records that the inbox has let go of when their boot moves', async () => {
    const { db, engine } = await open();
    const boot = { deviceId: 'DEV-1', epoch: EPOCH, bootId: 'boot' };
    const rebuild = (seqs: number[], shiftMs: number) =>
      db.transaction().execute((trx) => {
        const tally = new StepTally(boot);
        for (const seq of seqs) tally.add(seq, START_MS + seq * 60_000 + shiftMs);
        return rebuildSteps(trx, engine, tally);
      });
    const steps = () =>
      db
        .selectFrom('reception_step')
        .select(['starts_at', 'first_seq', 'last_seq', 'records'])
        .orderBy('first_seq')
        .execute();
    await rebuild([1, 5, 8, 12, 18, 25], 0);
    await rebuild([8, 12, 18, 25], STEP_MS);
    expect(await steps()).toEqual([
      { starts_at: START_MS, first_seq: 1, last_seq: 7, records: 2 },
      { starts_at: START_MS + STEP_MS, first_seq: 8, last_seq: 8, records: 1 },
      { starts_at: START_MS + 2 * STEP_MS, first_seq: 12, last_seq: 18, records: 2 },
      { starts_at: START_MS + 3 * STEP_MS, first_seq: 25, last_seq: 25, records: 1 },
    ]);
    // Into a step that ends below them.
    await rebuild([12, 18, 25], -STEP_MS);
    expect(await steps()).toEqual([
      { starts_at: START_MS, first_seq: 1, last_seq: 18, records: 4 },
      { starts_at: START_MS + STEP_MS, first_seq: 8, last_seq: 25, records: 2 },
    ]);
  });
});

it('an alert is told in the log at level error, with its code and what to do; of many the rest is counted', () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const alert: AlertNews = {
    ...{ kind: 'lost', deviceId: 'DEV-1', epoch: EPOCH, fromSeq: 4, toSeq: 5, records: 2 },
    ...{ at: START_MS, detail: 'no tombstone' },
  };
  logAlerts(log, Array(25).fill(alert));
  logAlerts(log, [{ ...alert, kind: 'quarantine-full' }]);
  expect(lines).toHaveLength(22);
  expect(lines[0]).toMatchObject({ level: 50, code: 'INGEST_RECORDS_LOST', deviceId: 'DEV-1', fromSeq: 4 });
  expect(lines[0]?.['fix']).toContain('npx jostle');
  expect(lines[20]).toMatchObject({ alerts: 5 });
  expect(lines[21]).toMatchObject({ level: 50, code: 'INGEST_QUARANTINE_FULL' });
  expect(lines[21]?.['fix']).toContain('quarantine discard');
});
