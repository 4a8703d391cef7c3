import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { EmbeddedTelemetryStore } from '../telemetry/embedded-store.ts';
import { InfluxTelemetryStore } from '../telemetry/influx-store.ts';
import { HOUR_MS, type TelemetryStore } from '../telemetry/telemetry-store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { type InfluxServer, startInflux } from '../testing/influx.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { describeWithServer } from '../testing/servers.ts';
import { onEachStore, openTemporaryStore } from '../testing/stores.ts';
import { emptyReconciliation, reconcile } from './reconciliation.ts';
import { expireRuns } from './retention.ts';

const HOURS = 4;
/** One reading a minute. */
const PER_HOUR = 60;
const GOING = new AbortController().signal;

let store: Store;
let stopWriter: (() => Promise<void>) | undefined;
afterEach(() => {
  stopWriter = undefined;
});

/** Takes the store of the test in use. */
async function begin(opened: Store) {
  store = opened;
  for (const id of ['DEV-1', 'DEV-2']) await store.db.insertInto('device').values({ id, name: id }).execute();
}

/** Some hours of readings of two devices, with one shock event in the second hour of each. */
function hourOf(deviceId: string, hour: number) {
  const records = Array.from({ length: PER_HOUR }, (_, i) => {
    const seq = 1 + hour * PER_HOUR + i;
    const time = { measuredAt: START_MS + hour * HOUR_MS + i * 60_000, monotonicMs: seq * 60_000 };
    const isShock = hour === 1 && i === 30;
    const record = isShock
      ? makeRecord(seq, 'shock', { impactAt: time.measuredAt })
      : makeRecord(seq, 'climate');
    return { ...record, ...time };
  });
  return submissionOf(records, { deviceId, receivedAt: START_MS + (hour + 1) * HOUR_MS });
}

async function fill(telemetry: TelemetryStore) {
  const messages = Array.from({ length: HOURS }, (_, hour) => [hourOf('DEV-1', hour), hourOf('DEV-2', hour)]);
  for (const batch of messages) await new Inbox(store).commit(batch);
  const { writer, firstIdle, nudge } = startWriter(store, telemetry);
  stopWriter = () => writer.stop();
  await firstIdle;
  const compare = (isFixing = false, device: string | null = null) =>
    reconcile(
      { db: store.db, telemetry, writer, stopping: GOING },
      emptyReconciliation('r', { from: START_MS, to: START_MS + HOURS * HOUR_MS, device, isFixing }),
    );
  return { compare, nudge };
}

const hourText = (hour: number) => new Date(START_MS + hour * HOUR_MS).toISOString();

describeWithServer('influxd', 'reconciliation with InfluxDB', () => {
  let server: InfluxServer;
  let close: () => Promise<void>;
  beforeEach(async () => {
    const temporary = await openTemporaryStore();
    close = temporary.close;
    await begin(temporary.store);
    server = await startInflux();
  });
  afterEach(async () => {
    await stopWriter?.();
    await server.stop();
    await close();
  });
  const open = () => new InfluxTelemetryStore({ ...server, database: 'jostle' });
  const drop = (measurement: string, device: string, from: number, to: number) =>
    server.query(
      `DELETE FROM ${measurement} WHERE device = '${device}' AND time >= ${from}000000 AND time < ${to}000000`,
      'jostle',
    );

  it('finds exactly the hours out of which points were deleted, restores them, and is content then', async () => {
    const { compare } = await fill(open());
    expect(await compare()).toMatchObject({
      state: 'done',
      devices: 2,
      points: 2 * HOURS * PER_HOUR,
      differingHours: 0,
      skippedHours: 0,
    });
    const at = (hour: number, minute: number) => START_MS + hour * HOUR_MS + minute * 60_000;
    await drop('env', 'DEV-1', at(2, 10), at(2, 17));
    await drop('env', 'DEV-2', at(0, 59), at(1, 1));
    await drop('shock', 'DEV-2', at(1, 0), at(2, 0));
    const expected = [
      { device: 'DEV-1', hour: hourText(2), inbox: 60, telemetry: 53, missing: 7, refused: 0, extra: 0 },
      { device: 'DEV-2', hour: hourText(0), inbox: 60, telemetry: 59, missing: 1, refused: 0, extra: 0 },
      { device: 'DEV-2', hour: hourText(1), inbox: 60, telemetry: 58, missing: 2, refused: 0, extra: 0 },
    ];
    const found = await compare();
    expect(found.differences).toEqual(expected.map((hour) => ({ ...hour, outcome: 'differs' })));
    expect(found).toMatchObject({ differingHours: 3, remainingHours: 3 });
    expect((await compare(false, 'DEV-1')).differences).toHaveLength(1);
    const fixed = await compare(true);
    expect(fixed.differences).toEqual(expected.map((hour) => ({ ...hour, outcome: 'mended' })));
    expect(fixed).toMatchObject({ differingHours: 3, remainingHours: 0 });
    expect(await compare()).toMatchObject({ state: 'done', differingHours: 0 });
  });

  it('takes out a point whose record lies elsewhere, and leaves one whose record has left the inbox', async () => {
    const telemetry = open();
    const { compare } = await fill(telemetry);
    const stray = { kind: 'climate', deviceId: 'DEV-1', epoch: EPOCH, values: { temperatureC: 1 } } as const;
    await telemetry.write([
      { ...stray, seq: 5, measuredAt: START_MS + 3 * HOUR_MS + 5 },
      { ...stray, seq: 5000, measuredAt: START_MS + 2 * HOUR_MS + 5 },
    ]);
    const { differences } = await compare(true);
    expect(differences).toEqual([
      {
        device: 'DEV-1',
        hour: hourText(3),
        inbox: 60,
        telemetry: 61,
        missing: 0,
        refused: 0,
        extra: 1,
        outcome: 'mended',
      },
    ]);
    expect(await compare()).toMatchObject({ differingHours: 0 });
    expect(await telemetry.pointTimes('DEV-1', START_MS + 2 * HOUR_MS, START_MS + 3 * HOUR_MS)).toHaveLength(
      61,
    );
  });

  describe('where shock events were refused', () => {
    const refusedHour = {
      ...{ device: 'DEV-1', hour: hourText(1), inbox: 60, telemetry: 59, missing: 0, refused: 1, extra: 0 },
      outcome: 'refused',
    };
    const quarantined = () =>
      store.db.selectFrom('quarantine').select(['id', 'device_id', 'code', 'raw']).orderBy('id').execute();

    /** One field as an integer: floats of that field are refused in the same shard. */
    async function fillAround(telemetry: TelemetryStore) {
      await server.query('CREATE DATABASE jostle');
      const authorization = `Basic ${Buffer.from(`${server.user}:${server.token}`).toString('base64')}`;
      await fetch(`${server.url}/write?db=jostle`, {
        method: 'POST',
        headers: { authorization },
        body: `shock,device=OTHER peak_g=1i ${START_MS}000000`,
      });
      const filled = await fill(telemetry);
      expect(await quarantined()).toMatchObject([
        { device_id: 'DEV-1', code: 'INGEST_TELEMETRY_REFUSED' },
        { device_id: 'DEV-2', code: 'INGEST_TELEMETRY_REFUSED' },
      ]);
      return filled;
    }

    it('says so, sends them again in vain without a loss or a second row, and at last with success', async () => {
      const telemetry = open();
      const { compare } = await fillAround(telemetry);
      const rows = await quarantined();
      for (const isFixing of [false, true, true]) {
        const found = await compare(isFixing, 'DEV-1');
        expect(found.differences).toEqual([refusedHour]);
        expect(found).toMatchObject({ differingHours: 1, refusedHours: 1, remainingHours: 0 });
        expect(await quarantined()).toEqual(rows);
      }
      await server.query('DROP MEASUREMENT shock', 'jostle');
      const fixed = await compare(true);
      expect(fixed.differences).toEqual(
        ['DEV-1', 'DEV-2'].map((device) => ({ ...refusedHour, device, outcome: 'mended' })),
      );
      expect(fixed).toMatchObject({ differingHours: 2, refusedHours: 0, remainingHours: 0 });
      expect(await quarantined()).toEqual([]);
      for (const device of ['DEV-1', 'DEV-2'])
        expect(
          (await telemetry.pointTimes(device, START_MS, START_MS + 2 * HOUR_MS)).filter(
            ({ kind }) => kind === 'shock',
          ),
        ).toHaveLength(1);
      expect(await compare()).toMatchObject({ differingHours: 0 });
    });

    it('keeps one row of a point that lies elsewhere by now and is refused again', async () => {
      const { compare } = await fillAround(open());
      const raw = Buffer.from('{"measuredAt":1}').toString('base64');
      await store.db
        .updateTable('quarantine')
        .set({ raw, digest: 'before' })
        .where('device_id', '=', 'DEV-1')
        .execute();
      expect((await compare(true, 'DEV-1')).differences).toEqual([refusedHour]);
      const [, own, ...more] = await quarantined();
      expect(own).toMatchObject({ device_id: 'DEV-1' });
      expect(own?.raw).not.toBe(raw);
      expect(more).toEqual([]);
    });

    it('takes away the rows of points that came another way since', async () => {
      const { compare, nudge } = await fillAround(open());
      await server.query('DROP MEASUREMENT shock', 'jostle');
      await store.db.updateTable('cursor').set({ value: 0 }).execute();
      await nudge();
      expect(await compare()).toMatchObject({ differingHours: 0 });
      expect(await quarantined()).toHaveLength(2);
      expect(await compare(true)).toMatchObject({ differingHours: 0 });
      expect(await quarantined()).toEqual([]);
    });

    it('keeps the rows of points that InfluxDB drops for their age', async () => {
      const { compare } = await fillAround(open());
      await server.query('DROP DATABASE jostle; CREATE DATABASE jostle WITH DURATION 1h');
      expect(await compare(true, 'DEV-1')).toMatchObject({ refusedHours: 0, remainingHours: HOURS });
      expect(await quarantined()).toHaveLength(2);
    });
  });

  it('calls no hour mended whose points InfluxDB drops for their age', async () => {
    const telemetry = open();
    await server.query('CREATE DATABASE jostle WITH DURATION 1h');
    const { compare } = await fill(telemetry);
    for (let times = 0; times < 2; times++) {
      const { differences, remainingHours } = await compare(true, 'DEV-1');
      expect(new Set(differences.map(({ outcome }) => outcome))).toEqual(new Set(['differs']));
      expect(remainingHours).toBe(differences.length);
    }
  });

  it('says that InfluxDB does not answer', async () => {
    const { compare } = await fill(open());
    await server.stop();
    await expect(compare()).rejects.toMatchObject({ code: 'INGEST_TELEMETRY_UNAVAILABLE' });
  });
});

onEachStore('reconciliation with the embedded store', (open) => {
  beforeEach(async () => begin(await open()));
  afterEach(() => stopWriter?.());

  it('finds and restores what was deleted, and does not ask it for the shock events', async () => {
    const { compare } = await fill(new EmbeddedTelemetryStore(store));
    expect(await compare()).toMatchObject({ points: 2 * (HOURS * PER_HOUR - 1), differingHours: 0 });
    await store.db
      .deleteFrom('telemetry_climate')
      .where('device_id', '=', 'DEV-1')
      .where('measured_at', '<', START_MS + 5 * 60_000)
      .execute();
    const { differences } = await compare(true);
    expect(differences).toEqual([
      {
        device: 'DEV-1',
        hour: hourText(0),
        inbox: 60,
        telemetry: 55,
        missing: 5,
        refused: 0,
        extra: 0,
        outcome: 'mended',
      },
    ]);
    expect(await compare()).toMatchObject({ differingHours: 0 });
  });

  it('leaves a point that may be of a record of an earlier epoch, which has left the inbox', async () => {
    const telemetry = new EmbeddedTelemetryStore(store);
    const { compare } = await fill(telemetry);
    const stray = {
      kind: 'climate',
      deviceId: 'DEV-1',
      epoch: OTHER_EPOCH,
      values: { temperatureC: 1 },
    } as const;
    // With a clock that was ahead.
    await telemetry.write([{ ...stray, seq: 5, measuredAt: START_MS + 3 * HOUR_MS + 5 }]);
    const earlier = { device_id: 'DEV-1', epoch: OTHER_EPOCH, from_seq: 1, to_seq: 9 };
    await store.db.insertInto('received').values(earlier).execute();
    expect((await compare(true)).differences).toEqual([]);
    expect(await telemetry.pointTimes('DEV-1', START_MS + 3 * HOUR_MS, START_MS + 4 * HOUR_MS)).toHaveLength(
      61,
    );
    await store.db.deleteFrom('received').where('epoch', '=', OTHER_EPOCH).execute();
    expect((await compare(true)).differences).toMatchObject([
      { hour: hourText(3), extra: 1, outcome: 'mended' },
    ]);
  });

  it('leaves out the hours of which the inbox has let something go', async () => {
    const { compare } = await fill(new EmbeddedTelemetryStore(store));
    await expireRuns(store.db, START_MS + 2 * HOUR_MS + 1, START_MS + 9 * HOUR_MS, GOING);
    await store.db.deleteFrom('telemetry_climate').where('device_id', '=', 'DEV-1').execute();
    const { differences, skippedHours } = await compare();
    expect(skippedHours).toBe(2);
    expect(differences.map(({ hour }) => hour)).toEqual([hourText(2), hourText(3)]);
  });
});
