import type { DeviceRecord, RecordBodies, RecordKind, RecordTime } from '@jostle/contracts';
import { encodeUpMessage } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { EmbeddedTelemetryStore } from '../telemetry/embedded-store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { readPayload } from '../testing/messages.ts';
import { placedRecords } from '../testing/placed-records.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const bootId = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

/** A record as a boot's clock stamped it: the wall time of the body goes with that of the record. */
function stamped<K extends RecordKind>(
  seq: number,
  kind: K,
  time: { boot: number; mono: number; wall: number; clock?: RecordTime['clockQuality'] },
  body: Partial<RecordBodies[K]> = {},
): DeviceRecord {
  const { boot, mono, wall, clock = 'none' } = time;
  const times = { measuredAt: wall, monotonicMs: mono, clockQuality: clock };
  return { ...makeRecord(seq, kind, body), ...times, bootId: bootId(boot), bootNumber: boot } as DeviceRecord;
}

const anchor = (seq: number, time: { boot: number; mono: number; wall: number }) =>
  stamped(
    seq,
    'anchor',
    { ...time, clock: 'ntp' },
    { monotonicMs: time.mono, wallMs: time.wall, source: 'ntp', errorMs: 1 },
  );

onEachStore('records in time', (open) => {
  const openInbox = async () => {
    const store = await open();
    await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
    const inbox = new Inbox(store);
    const receive = (records: DeviceRecord[], receivedAt: number, sentMono?: number) => {
      const sent =
        sentMono === undefined ? null : { bootId: records[0]?.bootId ?? '', monotonicMs: sentMono };
      const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 100 }, records, sent);
      return inbox.commit([readPayload(JSON.stringify(message), 'DEV-1', receivedAt)]);
    };
    const times = async () =>
      (await placedRecords(store)).map(({ record: { seq, measuredAt }, at, quality }) => ({
        seq,
        measuredAt,
        at,
        quality,
      }));
    return { store, db: store.db, receive, times };
  };

  it('moves what is stored, and everything made of it, to where a later anchor puts it', async () => {
    const { store, db, receive, times } = await openInbox();
    const { writer, firstIdle, nudge } = startWriter(store, new EmbeddedTelemetryStore(store));
    await firstIdle;
    const at = (s: number) => ({ boot: 1, mono: s * SECOND, wall: s * SECOND });
    await receive(
      [
        stamped(1, 'climate', at(10)),
        stamped(2, 'shock', at(11), { impactAt: 10_900 }),
        stamped(3, 'coverage', at(60), { startsAt: 0, endsAt: 60_000 }),
        stamped(4, 'excursion', at(70), { startedAt: 65_000, endedAt: null, startedMonotonicMs: 65_000 }),
        stamped(5, 'fault', at(71)),
      ],
      START_MS + 80 * SECOND,
    );
    await nudge();
    expect((await times()).map((row) => row.quality)).toEqual(Array(5).fill('bounded'));
    expect(
      await db.selectFrom('shock_event').select(['impact_at', 'earliest_at', 'time_quality']).execute(),
    ).toEqual([
      { impact_at: START_MS + 80 * SECOND - 71_000 + 10_900, earliest_at: null, time_quality: 'bounded' },
    ]);
    expect(await db.selectFrom('telemetry_climate').selectAll().execute()).toEqual([]);

    const boot = START_MS - HOUR;
    await receive([anchor(6, { boot: 1, mono: 100_000, wall: boot + 100_000 })], START_MS + 90 * SECOND);
    await nudge();
    expect(await times()).toEqual([
      ...[10, 11, 60, 70, 71].map((s, i) => ({
        seq: i + 1,
        measuredAt: s * SECOND,
        at: boot + s * SECOND,
        quality: 'corrected',
      })),
      { seq: 6, measuredAt: boot + 100_000, at: boot + 100_000, quality: 'measured' },
    ]);
    expect(
      await db.selectFrom('shock_event').select(['impact_at', 'earliest_at', 'time_quality']).execute(),
    ).toEqual([{ impact_at: boot + 10_900, earliest_at: null, time_quality: 'corrected' }]);
    expect(
      await db.selectFrom('coverage').select(['starts_at', 'ends_at', 'time_quality']).execute(),
    ).toEqual([{ starts_at: boot, ends_at: boot + 60_000, time_quality: 'corrected' }]);
    expect(await db.selectFrom('excursion').select(['id', 'started_at', 'ended_at']).execute()).toEqual([
      {
        id: `DEV-1:sht31d-44:temperature:above:${bootId(1)}@65000`,
        started_at: boot + 65_000,
        ended_at: null,
      },
    ]);
    expect(await db.selectFrom('sensor_fault').select('occurred_at').execute()).toEqual([
      { occurred_at: boot + 71_000 },
    ]);
    expect(await db.selectFrom('telemetry_climate').select('measured_at').execute()).toEqual([
      { measured_at: boot + 10_000 },
    ]);
    await writer.stop();
  });

  it('takes a point out of the curve where a battery clock had put it wrongly', async () => {
    const { store, db, receive } = await openInbox();
    const { writer, firstIdle, nudge } = startWriter(store, new EmbeddedTelemetryStore(store));
    await firstIdle;
    const off = 10 * 60 * SECOND;
    const reading = stamped(1, 'climate', { boot: 1, mono: 5000, wall: START_MS - off + 5000, clock: 'rtc' });
    await receive([reading], START_MS + 6000);
    await nudge();
    const curve = () => db.selectFrom('telemetry_climate').select('measured_at').execute();
    expect(await curve()).toEqual([{ measured_at: START_MS - off + 5000 }]);
    await receive([anchor(2, { boot: 1, mono: 8000, wall: START_MS + 8000 })], START_MS + 8000);
    await nudge();
    expect(await curve()).toEqual([{ measured_at: START_MS + 5000 }]);
    expect(await db.selectFrom('boot_move').selectAll().execute()).toEqual([]);
    await writer.stop();
  });

  it('places the records of an unset clock by its messages, and again when a faster one comes', async () => {
    const { receive, times } = await openInbox();
    const reading = (seq: number) =>
      stamped(seq, 'climate', { boot: 1, mono: seq * SECOND, wall: seq * SECOND });
    await receive([reading(1)], START_MS + 9000, 2000);
    expect(await times()).toMatchObject([{ at: START_MS + 8000, quality: 'corrected' }]);
    await receive([reading(3)], START_MS + 3600, 3500);
    expect(await times()).toMatchObject([{ at: START_MS + 1100 }, { at: START_MS + 3100 }]);
    await receive([reading(4)], START_MS + 4500, 4500);
    expect(await times()).toMatchObject([
      { at: START_MS + 1100 },
      { at: START_MS + 3100 },
      { at: START_MS + 4100 },
    ]);
  });

  it.each([
    ['by when they were sent', 'corrected', (mono: number) => ({ bootId: bootId(1), monotonicMs: mono })],
    ['by their receipt alone', 'bounded', () => null],
  ])(
    'places the messages of one batch as if they were committed one by one: %s',
    async (_, quality, sentAt) => {
      const { store, db } = await openInbox();
      await db.insertInto('device').values({ id: 'DEV-2', name: 'Two' }).execute();
      const inbox = new Inbox(store);
      const messagesOf = (deviceId: string) =>
        [0, 15 * SECOND].map((later, i) => {
          const mono = 60 * SECOND + later;
          const records = [stamped(i + 1, 'shock', { boot: 1, mono, wall: mono }, { impactAt: mono })];
          const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 100 }, records, sentAt(mono));
          return readPayload(JSON.stringify(message), deviceId, START_MS + later);
        });
      for (const message of messagesOf('DEV-1')) await inbox.commit([message]);
      await inbox.commit(messagesOf('DEV-2'));
      const rows = await db
        .selectFrom('shock_event')
        .select(['device_id', 'impact_at', 'time_quality'])
        .orderBy('id')
        .execute();
      expect(rows).toEqual(
        ['DEV-1', 'DEV-2'].flatMap((device_id) =>
          [0, 15 * SECOND].map((later) => ({
            ...{ device_id, impact_at: START_MS + later, time_quality: quality },
          })),
        ),
      );
    },
  );

  it('bounds a boot that was never set by what is known before and after it', async () => {
    const { db, receive } = await openInbox();
    const known = (seq: number, boot: number, wall: number) =>
      stamped(seq, 'climate', { boot, mono: 1000, wall, clock: 'ntp' });
    const shocks = () =>
      db.selectFrom('shock_event').select(['impact_at', 'earliest_at', 'time_quality']).execute();
    const lost = (seq: number, mono: number) =>
      stamped(seq, 'shock', { boot: 2, mono, wall: mono }, { impactAt: mono });
    await receive([lost(4, 600_000)], START_MS + 9 * HOUR);
    expect(await shocks()).toEqual([
      { impact_at: START_MS + 9 * HOUR, earliest_at: null, time_quality: 'bounded' },
    ]);
    await receive([known(2, 1, START_MS)], START_MS + 9 * HOUR);
    await receive([known(6, 3, START_MS + HOUR)], START_MS + 9 * HOUR);
    await receive(
      [stamped(3, 'climate', { boot: 2, mono: 30_000, wall: 1 }), lost(4, 600_000)],
      START_MS + 9 * HOUR,
    );
    await receive([stamped(5, 'climate', { boot: 2, mono: 900_000, wall: 2 })], START_MS + 9 * HOUR);
    // After boot 1 it took at least 570 s from the first record to the shock, and 300 s from there to the last one.
    expect(await shocks()).toEqual([
      { impact_at: START_MS + HOUR - 300_000, earliest_at: START_MS + 570_000, time_quality: 'bounded' },
    ]);
  });

  it('knows an excursion by its start on the monotonic clock when the wall clock was set in between', async () => {
    const { db, receive } = await openInbox();
    const start = { startedMonotonicMs: 5000 };
    await receive(
      [
        stamped(
          1,
          'excursion',
          { boot: 1, mono: 6000, wall: 6000 },
          { ...start, startedAt: 5000, endedAt: null },
        ),
        stamped(
          2,
          'excursion',
          { boot: 1, mono: 9000, wall: HOUR },
          { ...start, startedAt: HOUR - 4000, endedAt: HOUR },
        ),
      ],
      START_MS + 10_000,
    );
    await receive([anchor(3, { boot: 1, mono: 10_000, wall: START_MS })], START_MS + 10_000);
    expect(await db.selectFrom('excursion').select(['started_at', 'ended_at']).execute()).toEqual([
      { started_at: START_MS - 5000, ended_at: START_MS - 1000 },
    ]);
  });

  it('leads to the same rows whatever the order in which anchors and records come', async () => {
    const { db, receive, times } = await openInbox();
    const wallOf = (s: number) =>
      s < 8 ? s : s < 16 ? START_MS + s * SECOND : START_MS + (s + 7200) * SECOND;
    const records = Array.from({ length: 24 }, (_, s) => {
      const time = { boot: 1, mono: s * SECOND, wall: wallOf(s) };
      if (s === 8 || s === 17) return anchor(s + 1, time);
      const kind = s % 3 === 0 ? 'shock' : 'climate';
      return stamped(
        s + 1,
        kind,
        { ...time, clock: s < 8 ? 'none' : 'ntp' },
        kind === 'shock' ? { impactAt: time.wall } : {},
      );
    });
    const snapshot = async () => ({
      times: await times(),
      spans: await db.selectFrom('inbox').select(['first_at', 'last_at']).orderBy('from_seq').execute(),
      shocks: await db.selectFrom('shock_event').selectAll().orderBy('id').execute(),
    });
    const forget = async () => {
      for (const table of [
        'inbox',
        'shock_event',
        'boot',
        'clock_anchor',
        'received',
        'device_state',
      ] as const)
        await db.deleteFrom(table).execute();
    };
    const orders = [
      records,
      records.toReversed(),
      records.toSorted((a, b) => ((a.seq * 7) % 25) - ((b.seq * 7) % 25)),
    ];
    const seen = [];
    for (const order of orders) {
      await forget();
      for (const record of order) await receive([record], START_MS + HOUR);
      seen.push(await snapshot());
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(seen[0]?.times.map((row) => (row.at ?? 0) - START_MS)).toEqual(
      records.map((_, s) => (s < 13 ? s : s + 7200) * SECOND),
    );
  });
});
