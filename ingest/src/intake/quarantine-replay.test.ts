import { encodeUpMessage } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { storedRunOf } from '../inbox/stored-run.ts';
import { expireRuns } from '../keeping/retention.ts';
import type { Store } from '../store/store.ts';
import { readPayload, submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { replayQuarantined } from './quarantine-replay.ts';

const span = { minSeq: 1, maxSeq: 9 };
const asBase64 = (message: unknown) => Buffer.from(JSON.stringify(message)).toString('base64');

onEachStore('quarantine replay', (open) => {
  const openParts = async () => {
    const store = await open();
    await register(store, 'DEV-1');
    const inbox = new Inbox(store);
    const reports: number[] = [];
    const onCommit = ({ stored }: { stored: number }) => reports.push(stored);
    return { store, inbox, onCommit, reports };
  };
  const register = (store: Store, id: string) =>
    store.db
      .insertInto('device')
      .values({ id, name: id })
      .onConflict((c) => c.doNothing())
      .execute();
  const quarantined = (store: Store) => store.db.selectFrom('quarantine').selectAll().orderBy('id').execute();

  it('stores the messages of a device that was registered meanwhile', async () => {
    const parts = await openParts();
    const records = [makeRecord(1, 'climate'), makeRecord(2, 'shock')];
    await parts.inbox.commit([submissionOf(records, { deviceId: 'DEV-7' })]);
    const [row] = await quarantined(parts.store);
    const id = row?.id ?? 0;
    expect(await replayQuarantined(parts, id)).toMatchObject({
      isStored: false,
      reason: expect.stringContaining('not registered'),
    });
    await register(parts.store, 'DEV-7');
    expect(await replayQuarantined(parts, id)).toEqual({
      ...{ id, isStored: true, stored: 2, duplicates: 0, reason: null },
    });
    expect(await quarantined(parts.store)).toEqual([]);
    expect(parts.reports).toEqual([2]);
    expect(await replayQuarantined(parts, id)).toBeUndefined();
  });

  it('stores a record that was settled as dead, once it can be read, and refuses it until then', async () => {
    const parts = await openParts();
    const message = encodeUpMessage(
      EPOCH,
      span,
      [1, 2, 3].map((seq) => makeRecord(seq, 'fault')),
    );
    message.other[1] = { i: 1, kind: 'fault', body: { sensor: 7 } };
    await parts.inbox.commit([readPayload(JSON.stringify(message))]);
    const [row] = await quarantined(parts.store);
    const id = row?.id ?? 0;
    expect(await replayQuarantined(parts, id)).toMatchObject({
      isStored: false,
      reason: expect.stringContaining('isRaised'),
    });
    expect(await quarantined(parts.store)).toHaveLength(1);

    // The repair: the record's own message, with a body that the reader takes.
    const alone = JSON.parse(Buffer.from(row?.raw ?? '', 'base64').toString());
    expect(alone).toMatchObject({ seq: 2, other: [{ i: 0, kind: 'fault', body: { sensor: 7 } }] });
    alone.other[0].body = makeRecord(2, 'fault').body;
    await parts.store.db
      .updateTable('quarantine')
      .set({ raw: asBase64(alone) })
      .execute();
    expect(await replayQuarantined(parts, id)).toMatchObject({ isStored: true, stored: 1 });
    const stored = await parts.store.db.selectFrom('inbox').selectAll().execute();
    const records = stored.flatMap((row) => storedRunOf(row).records).sort((a, b) => a.seq - b.seq);
    expect(records.map(({ seq, monotonicMs }) => [seq, monotonicMs])).toEqual(
      [1, 2, 3].map((seq) => [seq, seq * 1000]),
    );
    expect(await quarantined(parts.store)).toEqual([]);
  });

  it('is no sign that the device was heard, whenever the row was received', async () => {
    const parts = await openParts();
    await parts.inbox.commit([submissionOf([makeRecord(1, 'climate')], { deviceId: 'DEV-7' })]);
    await register(parts.store, 'DEV-7');
    const later = { deviceId: 'DEV-7', receivedAt: START_MS + 60_000 };
    await parts.inbox.commit([submissionOf([makeRecord(2, 'climate')], later)]);
    const [row] = await quarantined(parts.store);
    expect(await replayQuarantined(parts, row?.id ?? 0)).toMatchObject({ isStored: true, stored: 1 });
    expect(await parts.store.db.selectFrom('device_state').select('last_received_at').execute()).toEqual([
      { last_received_at: START_MS + 60_000 },
    ]);
  });

  it('refuses what the store cannot take, and keeps it', async () => {
    const parts = await openParts();
    await parts.inbox.commit([submissionOf([makeRecord(1, 'fault')], { deviceId: 'DEV-7' })]);
    await register(parts.store, 'DEV-7');
    await parts.inbox.commit([submissionOf([makeRecord(1, 'fault')], { deviceId: 'DEV-7' })]);
    // The account is gone by hand: the record counts as new, and its run is refused by the table.
    await parts.store.db.deleteFrom('received').execute();
    const [row] = await quarantined(parts.store);
    expect(await replayQuarantined(parts, row?.id ?? 0)).toEqual({
      ...{ id: row?.id, isStored: false, stored: 0, duplicates: 0 },
      reason: expect.stringContaining('the store cannot take it: '),
    });
    expect(await quarantined(parts.store)).toEqual([row]);
    expect(parts.reports).toEqual([]);
  });

  it('keeps the first of two records of one identity', async () => {
    const parts = await openParts();
    await parts.inbox.commit([submissionOf([makeRecord(1, 'climate')])]);
    await parts.inbox.commit([submissionOf([makeRecord(1, 'climate', { temperatureC: 90 })])]);
    const [row] = await quarantined(parts.store);
    expect(row?.code).toBe('INGEST_RECORD_CONFLICT');
    expect(await replayQuarantined(parts, row?.id ?? 0)).toMatchObject({
      isStored: false,
      reason: expect.stringContaining('first one'),
    });
    expect(await quarantined(parts.store)).toHaveLength(1);
  });

  it('says what brings back a point that InfluxDB refused', async () => {
    const parts = await openParts();
    const row = { device_id: 'DEV-1', topic: 'telemetry', received_at: 0, reason: '', raw: '', epoch: EPOCH };
    await parts.store.db
      .insertInto('quarantine')
      .values({ ...row, code: 'INGEST_TELEMETRY_REFUSED', digest: 'x', seq: 1 })
      .execute();
    const id = (await quarantined(parts.store))[0]?.id ?? 0;
    expect(await replayQuarantined(parts, id)).toMatchObject({
      isStored: false,
      reason: expect.stringContaining('npx jostle reconcile --fix'),
    });
    expect(await quarantined(parts.store)).toHaveLength(1);
  });

  it('counts what came another way before as known', async () => {
    const parts = await openParts();
    const records = [makeRecord(1, 'climate')];
    const raw = asBase64(encodeUpMessage(EPOCH, span, records));
    await parts.inbox.commit([submissionOf(records)]);
    const topic = 'jostle/v1/devices/DEV-1/up';
    const row = {
      device_id: 'DEV-1',
      topic,
      received_at: 0,
      reason: '',
      raw,
      digest: 'x',
      epoch: EPOCH,
      seq: 1,
    };
    await parts.store.db
      .insertInto('quarantine')
      .values({ ...row, code: 'INGEST_MESSAGE_MALFORMED' })
      .execute();
    const id = (await quarantined(parts.store))[0]?.id ?? 0;
    expect(await replayQuarantined(parts, id)).toMatchObject({ isStored: true, stored: 0, duplicates: 1 });
  });

  it('stores nothing a second time that came another way and has expired since', async () => {
    const parts = await openParts();
    const { store, inbox } = parts;
    const seqs = [1, 2, 3, 4];
    const faults = seqs.map((seq) => makeRecord(seq, 'fault'));
    const message = encodeUpMessage(EPOCH, span, faults);
    message.other[1] = { i: 1, kind: 'fault', body: { sensor: 7 } };
    await inbox.commit([submissionOf(faults, { deviceId: 'DEV-7' })]);
    await register(store, 'DEV-7');
    for (const deviceId of ['DEV-7', 'DEV-1']) {
      await inbox.commit([readPayload(JSON.stringify(message), deviceId)]);
      const younger = submissionOf([makeRecord(5, 'climate')], { deviceId, receivedAt: START_MS + 1 });
      await inbox.commit([younger]);
    }
    // Unreadable as a whole, over what is stored, what is dead and what is new.
    await inbox.commit([
      readPayload(JSON.stringify({ ...message, at: [1, 2, 3, 4, 5, 6], seq: 1, surprise: true })),
    ]);
    await store.db.insertInto('cursor').values({ name: 'telemetry', value: 1000 }).execute();
    expect(await expireRuns(store.db, START_MS + 1, START_MS + 9, new AbortController().signal)).toEqual({
      runs: 4,
      records: 6,
    });

    const rows = await quarantined(store);
    const [unknown, , , whole] = rows;
    expect(rows.map(({ code }) => code)).toEqual([
      'INGEST_DEVICE_UNKNOWN',
      'INGEST_RECORD_MALFORMED',
      'INGEST_RECORD_MALFORMED',
      'INGEST_MESSAGE_MALFORMED',
    ]);
    expect(await replayQuarantined(parts, unknown?.id ?? 0)).toMatchObject({ stored: 1, duplicates: 3 });
    const repaired = encodeUpMessage(EPOCH, span, [
      ...faults,
      makeRecord(5, 'climate'),
      makeRecord(6, 'climate'),
    ]);
    await store.db
      .updateTable('quarantine')
      .set({ raw: asBase64(repaired) })
      .where('id', '=', whole?.id ?? 0)
      .execute();
    expect(await replayQuarantined(parts, whole?.id ?? 0)).toMatchObject({ stored: 2, duplicates: 4 });
    const stored = await store.db.selectFrom('inbox').selectAll().execute();
    const left = stored.map((run) => [run.device_id, run.from_seq, run.to_seq]).sort();
    expect(left).toEqual([
      ['DEV-1', 2, 2],
      ['DEV-1', 5, 5],
      ['DEV-1', 6, 6],
      ['DEV-7', 2, 2],
      ['DEV-7', 5, 5],
    ]);
    expect(await store.db.selectFrom('dead').selectAll().execute()).toEqual([]);
  });
});
