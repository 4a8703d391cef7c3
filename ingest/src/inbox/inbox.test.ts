import { encodeUpMessage } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { insertChunks } from '../store/insert-chunks.ts';
import { readPayload, submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { Inbox } from './inbox.ts';
import { KEPT_PER_DEVICE } from './quarantine.ts';
import { storedRunOf } from './stored-run.ts';

onEachStore('inbox', (open) => {
  const openInbox = async () => {
    const store = await open();
    await store.db
      .insertInto('device')
      .values({ id: 'DEV-1', name: 'One' })
      .onConflict((c) => c.doNothing())
      .execute();
    return { inbox: new Inbox(store), db: store.db, store };
  };

  it('stores a record of each kind with what is derived from it, and gives a receipt', async () => {
    const { inbox, db } = await openInbox();
    const records = (
      ['climate', 'shock', 'excursion', 'coverage', 'fault', 'tombstone', 'tilt'] as const
    ).map((kind, i) => makeRecord(i + 3, kind));
    const report = await inbox.commit([submissionOf(records, { outbox: { minSeq: 3, maxSeq: 9 } })]);
    expect(report).toMatchObject({ stored: 7, duplicates: 0, conflicts: 0, quarantined: 0 });
    expect(report.receipts).toEqual([
      { deviceId: 'DEV-1', receipt: { v: 1, epoch: EPOCH, upTo: 9, have: [], dead: [] } },
    ]);
    expect(await db.selectFrom('shock_event').select(['id', 'peak_g', 'impact_at']).execute()).toEqual([
      { id: `DEV-1:${EPOCH}:4`, peak_g: 93, impact_at: START_MS },
    ]);
    expect(await db.selectFrom('excursion').select(['id', 'ended_at']).execute()).toEqual([
      { id: `DEV-1:sht31d-44:temperature:above:${START_MS}`, ended_at: null },
    ]);
    expect(await db.selectFrom('coverage').select(['seq', 'samples']).execute()).toEqual([
      { seq: 6, samples: 48_000 },
    ]);
    expect(await db.selectFrom('sensor_fault').select(['seq', 'is_raised']).execute()).toEqual([
      { seq: 7, is_raised: 1 },
    ]);
    expect(await db.selectFrom('dropped').select(['from_seq', 'to_seq', 'reason']).execute()).toEqual([
      { from_seq: 1, to_seq: 2, reason: 'outbox-full' },
    ]);
    expect(await db.selectFrom('device_state').selectAll().execute()).toEqual([
      {
        device_id: 'DEV-1',
        epoch: EPOCH,
        min_seq: 3,
        max_seq: 9,
        last_seq: 9,
        last_measured_at: START_MS + 9000,
        last_received_at: START_MS,
        is_online: 1,
      },
    ]);
  });

  it('closes an excursion whether its end arrives before or after its start', async () => {
    const { inbox, db } = await openInbox();
    const opened = makeRecord(1, 'excursion');
    const closed = makeRecord(2, 'excursion', { endedAt: START_MS + 9000, extreme: 33 });
    const reopened = makeRecord(4, 'excursion', { startedAt: START_MS + 1 });
    const reclosed = makeRecord(5, 'excursion', { startedAt: START_MS + 1, endedAt: START_MS + 2 });
    await inbox.commit([submissionOf([closed]), submissionOf([reopened, reclosed])]);
    await inbox.commit([submissionOf([opened])]);
    const rows = await db
      .selectFrom('excursion')
      .select(['started_at', 'ended_at'])
      .orderBy('started_at')
      .execute();
    expect(rows).toEqual([
      { started_at: START_MS, ended_at: START_MS + 9000 },
      { started_at: START_MS + 1, ended_at: START_MS + 2 },
    ]);
  });

  it('notes of a batch when its last message came, and of what it puts aside when its own came', async () => {
    const { inbox, db } = await openInbox();
    const later = START_MS + 15_000;
    const broken = {
      ...encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, [makeRecord(3, 'climate')]),
      at: [],
    };
    await inbox.commit([
      readPayload(JSON.stringify({ ...broken, seq: 2 }), 'DEV-1', START_MS),
      submissionOf([makeRecord(1, 'climate')], { receivedAt: START_MS }),
      readPayload(JSON.stringify(broken), 'DEV-1', later - 1),
      submissionOf([makeRecord(4, 'climate')], { receivedAt: later }),
    ]);
    const received = await db.selectFrom('inbox').select('received_at').execute();
    expect(received).toEqual([{ received_at: later }, { received_at: later }]);
    expect(await db.selectFrom('device_state').select('last_received_at').execute()).toEqual([
      { last_received_at: later },
    ]);
    expect(await db.selectFrom('reception_epoch').select('last_heard_at').execute()).toEqual([
      { last_heard_at: later },
    ]);
    expect(await db.selectFrom('quarantine').select(['seq', 'received_at']).orderBy('seq').execute()).toEqual(
      [
        { seq: 2, received_at: START_MS },
        { seq: 3, received_at: later - 1 },
      ],
    );
  });

  it('sets aside just the records with a value that one of the stores could not hold', async () => {
    const { inbox, db } = await openInbox();
    const odd = [
      makeRecord(2, 'fault', { detail: 'no\0answer' }),
      makeRecord(3, 'fault', { sensor: 'sht\0' }),
      makeRecord(4, 'climate', { sensor: 'sht\0' }),
      makeRecord(5, 'coverage', { samples: 1e20 }),
      makeRecord(6, 'coverage', { lostSamples: 1e20 }),
      makeRecord(7, 'anchor', { monotonicMs: -1e20 }),
      makeRecord(8, 'fault', { ['de\0tail' as 'detail']: '' }),
    ];
    const report = await inbox.commit([
      submissionOf([makeRecord(1, 'fault'), ...odd, makeRecord(9, 'climate'), makeRecord(10, 'coverage')]),
    ]);
    expect(report).toMatchObject({ stored: 3, quarantined: odd.length });
    const rows = await db.selectFrom('quarantine').select(['code', 'seq']).orderBy('seq').execute();
    expect(rows).toEqual(odd.map(({ seq }) => ({ code: 'INGEST_RECORD_MALFORMED', seq })));
    expect(report.receipts[0]?.receipt.upTo).toBe(10);
  });

  it('sets aside a message with a key that one of the stores could not hold', async () => {
    const { inbox, db } = await openInbox();
    const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, [makeRecord(1, 'climate')]);
    const report = await inbox.commit([readPayload(JSON.stringify({ ...message, 'k\0': 1 }))]);
    expect(report).toMatchObject({ stored: 0, quarantined: 1 });
    expect(await db.selectFrom('quarantine').select('reason').execute()).toEqual([
      { reason: expect.stringContaining('/k\uFFFD') },
    ]);
  });

  it('keeps the first of two records with one identity and quarantines the other', async () => {
    const { inbox, db } = await openInbox();
    await inbox.commit([submissionOf([makeRecord(1, 'climate', { temperatureC: 20 })])]);
    const report = await inbox.commit([submissionOf([makeRecord(1, 'climate', { temperatureC: 25 })])]);
    expect(report).toMatchObject({ stored: 0, conflicts: 1, quarantined: 1 });
    expect(report.receipts[0]?.receipt).toMatchObject({
      upTo: 1,
      dead: [{ seq: 1, code: 'INGEST_RECORD_CONFLICT' }],
    });
    const kept = await db.selectFrom('inbox').selectAll().execute();
    expect(kept.map(storedRunOf).flatMap(({ records }) => records)).toMatchObject([
      { seq: 1, body: { temperatureC: 20 } },
    ]);
    expect(await db.selectFrom('quarantine').select(['code', 'epoch', 'seq']).execute()).toEqual([
      { code: 'INGEST_RECORD_CONFLICT', epoch: EPOCH, seq: 1 },
    ]);
  });

  it('finds a conflict between two messages of one batch', async () => {
    const { inbox } = await openInbox();
    const report = await inbox.commit([
      submissionOf([makeRecord(1, 'climate', { temperatureC: 20 })]),
      submissionOf([makeRecord(1, 'climate', { temperatureC: 25 })]),
    ]);
    expect(report).toMatchObject({ stored: 1, conflicts: 1 });
  });

  it('quarantines one malformed record, stores its neighbours and settles all three', async () => {
    const { inbox, db } = await openInbox();
    const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 3 }, [
      makeRecord(1, 'fault'),
      makeRecord(2, 'fault'),
      makeRecord(3, 'fault'),
    ]);
    message.other[1] = { i: 1, kind: 'fault', body: { sensor: 7 } };
    const bad = readPayload(JSON.stringify(message));
    const report = await inbox.commit([bad]);
    expect(report).toMatchObject({ stored: 2, quarantined: 1 });
    expect(report.receipts[0]?.receipt).toEqual({
      v: 1,
      epoch: EPOCH,
      upTo: 3,
      have: [],
      dead: [{ seq: 2, code: 'INGEST_RECORD_MALFORMED' }],
    });
    const [row] = await db.selectFrom('quarantine').selectAll().execute();
    expect(Buffer.from(row?.raw ?? '', 'base64').toString()).toContain('"sensor":7');
    const again = await inbox.commit([bad]);
    expect(again).toMatchObject({ stored: 0, duplicates: 2, quarantined: 0 });
    expect(again.receipts[0]?.receipt.upTo).toBe(3);
  });

  it('quarantines what cannot be read under the number of a stored record, once', async () => {
    const { inbox, db } = await openInbox();
    await inbox.commit([submissionOf([1, 2, 3].map((seq) => makeRecord(seq, 'fault')))]);
    const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 3 }, [makeRecord(2, 'fault')]);
    message.other[0] = { i: 0, kind: 'fault', body: { sensor: 7 } };
    const variant = readPayload(JSON.stringify(message));
    expect(await inbox.commit([variant])).toMatchObject({ stored: 0, quarantined: 1 });
    expect(await inbox.commit([variant])).toMatchObject({ stored: 0, quarantined: 0 });
    expect(await db.selectFrom('quarantine').select(['code', 'seq']).execute()).toEqual([
      { code: 'INGEST_RECORD_MALFORMED', seq: 2 },
    ]);
    expect(await db.selectFrom('dead').selectAll().execute()).toEqual([]);
  });

  it('settles the run of a malformed message whose epoch and seq can still be read', async () => {
    const { inbox } = await openInbox();
    const message = { v: 1, epoch: EPOCH, seq: 5, at: [1, 2, 3], surprise: true };
    const report = await inbox.commit([readPayload(JSON.stringify(message))]);
    expect(report.receipts[0]?.receipt).toEqual({
      v: 1,
      epoch: EPOCH,
      upTo: 0,
      have: [[5, 7]],
      dead: [5, 6, 7].map((seq) => ({ seq, code: 'INGEST_MESSAGE_MALFORMED' })),
    });
  });

  it('quarantines what is not JSON once, and has nothing to give a receipt for', async () => {
    const { inbox, db } = await openInbox();
    for (let i = 0; i < 3; i++) {
      const report = await inbox.commit([readPayload('{"v":1,'), readPayload('\0\xff')]);
      expect(report.receipts).toEqual([]);
    }
    expect(await db.selectFrom('quarantine').select(['code']).execute()).toHaveLength(2);
  });

  it('gives an unregistered device no receipt, keeps a few of its messages, and stores them once it is registered', async () => {
    const { inbox, db } = await openInbox();
    for (let seq = 1; seq <= 30; seq++) {
      const report = await inbox.commit([submissionOf([makeRecord(seq, 'climate')], { deviceId: 'NEW' })]);
      expect(report).toMatchObject({ receipts: [], stored: 0, unregistered: 1 });
    }
    const kept = await db.selectFrom('quarantine').select(['code', 'device_id']).execute();
    expect(kept).toEqual(
      Array.from({ length: 10 }, () => ({ code: 'INGEST_DEVICE_UNKNOWN', device_id: 'NEW' })),
    );
    await db.insertInto('device').values({ id: 'NEW', name: 'New' }).execute();
    const report = await inbox.commit([submissionOf([makeRecord(1, 'climate')], { deviceId: 'NEW' })]);
    expect(report).toMatchObject({ stored: 1, unregistered: 0 });
    expect(report.receipts[0]?.receipt.upTo).toBe(1);
  });

  it('settles and counts what a full quarantine has no room for, and keeps room for other devices', async () => {
    const { inbox, db } = await openInbox();
    await db.insertInto('device').values({ id: 'DEV-2', name: 'Two' }).execute();
    const old = Array.from({ length: KEPT_PER_DEVICE - 1 }, (_, i) => ({
      ...{ device_id: 'DEV-1', topic: '', received_at: 0, code: 'INGEST_MESSAGE_MALFORMED', reason: '' },
      ...{ raw: '', digest: `${i}`, epoch: null, seq: null },
    }));
    for (const chunk of insertChunks(old)) await db.insertInto('quarantine').values(chunk).execute();
    const bad = (seq: number, deviceId?: string) =>
      readPayload(JSON.stringify({ v: 1, epoch: EPOCH, seq, at: [1], surprise: true }), deviceId);
    const report = await inbox.commit([bad(1), bad(2), bad(3), readPayload('{'), bad(1, 'DEV-2')]);
    expect(report).toMatchObject({ quarantined: 2, overflow: 3 });
    expect(report.receipts[0]?.receipt).toMatchObject({ upTo: 3 });
    const kept = db.selectFrom('quarantine').select(({ fn }) => fn.countAll<number>().as('rows'));
    expect(await kept.where('device_id', '=', 'DEV-1').executeTakeFirst()).toEqual({ rows: KEPT_PER_DEVICE });
  });

  it('keeps the epochs of a device apart', async () => {
    const { inbox, db } = await openInbox();
    await inbox.commit([submissionOf([makeRecord(1, 'climate'), makeRecord(2, 'climate')])]);
    const report = await inbox.commit([
      submissionOf([makeRecord(1, 'climate', { temperatureC: 3 })], {
        epoch: OTHER_EPOCH,
        outbox: { minSeq: 1, maxSeq: 1 },
      }),
    ]);
    expect(report).toMatchObject({ stored: 1, conflicts: 0 });
    const state = await db.selectFrom('device_state').select(['epoch', 'max_seq', 'last_seq']).execute();
    expect(state).toEqual([{ epoch: OTHER_EPOCH, max_seq: 1, last_seq: 1 }]);
  });

  it('answers a batch that was committed just before a kill with the same receipt', async () => {
    const { inbox, db, store } = await openInbox();
    const batch = [submissionOf([makeRecord(1, 'climate'), makeRecord(2, 'shock')])];
    const first = await inbox.commit(batch);
    const before = await db.selectFrom('inbox').selectAll().execute();
    await store.close();
    const reopened = await openInbox();
    const second = await reopened.inbox.commit(batch);
    expect(second.receipts).toEqual(first.receipts);
    expect(second).toMatchObject({ stored: 0, duplicates: 2 });
    expect(await reopened.db.selectFrom('inbox').selectAll().execute()).toEqual(before);
  });

  it('shows a device as online from its last message until its parting or a restart of ingest', async () => {
    const { inbox, db } = await openInbox();
    const isOnline = async () =>
      (await db.selectFrom('device_state').select('is_online').executeTakeFirst())?.is_online;
    const parting = { kind: 'presence', deviceId: 'DEV-1', receivedAt: START_MS, isOnline: false } as const;
    await inbox.commit([submissionOf([makeRecord(1, 'climate')]), parting]);
    expect(await isOnline()).toBe(0);
    await inbox.commit([parting, submissionOf([makeRecord(2, 'climate')])]);
    expect(await isOnline()).toBe(1);
    await inbox.forgetPresence();
    expect(await isOnline()).toBe(0);
  });
});
