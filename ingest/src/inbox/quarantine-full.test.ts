import { expect, it } from 'vitest';
import { insertChunks } from '../store/insert-chunks.ts';
import { readPayload, submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { Inbox } from './inbox.ts';
import { KEPT_PER_DEVICE } from './quarantine.ts';
import { discardQuarantined } from './quarantine-discard.ts';

onEachStore('a full quarantine', (open) => {
  const openFull = async (free = 0) => {
    const store = await open();
    const devices = ['DEV-1', 'DEV-2'].map((id) => ({ id, name: id }));
    await store.db.insertInto('device').values(devices).execute();
    const rows = Array.from({ length: KEPT_PER_DEVICE - free }, (_, i) => ({
      ...{ device_id: 'DEV-1', topic: '', received_at: 0, code: 'INGEST_MESSAGE_MALFORMED', reason: '' },
      ...{ raw: '', digest: `${i}`, epoch: null, seq: null },
    }));
    for (const chunk of insertChunks(rows)) await store.db.insertInto('quarantine').values(chunk).execute();
    const inbox = new Inbox(store);
    const alerts = () =>
      store.db
        .selectFrom('alert')
        .select(['kind', 'device_id', 'from_seq', 'to_seq', 'records'])
        .orderBy('id')
        .execute();
    return { db: store.db, inbox, alerts };
  };
  const bad = (seq: number, deviceId?: string) =>
    readPayload(JSON.stringify({ v: 1, epoch: EPOCH, seq, at: [1], surprise: true }), deviceId);
  const full = { kind: 'quarantine-full', device_id: 'DEV-1' } as const;

  it('raises one alert of a device about what it does not keep, which grows without being raised again', async () => {
    const { db, inbox, alerts } = await openFull(1);
    const first = await inbox.commit([bad(1), bad(2), bad(3), bad(1, 'DEV-2')]);
    expect(first.alerts).toMatchObject([
      { kind: 'quarantine-full', deviceId: 'DEV-1', epoch: EPOCH, fromSeq: 2, toSeq: 3, records: 2 },
    ]);
    const good = submissionOf([makeRecord(4, 'climate')]);
    expect((await inbox.commit([good, bad(3), bad(9), bad(6)])).alerts).toEqual([]);
    expect((await inbox.commit([bad(5)])).alerts).toEqual([]);
    expect(await alerts()).toEqual([{ ...full, from_seq: 2, to_seq: 9, records: 5 }]);

    await db.updateTable('alert').set({ acknowledged_at: 1, acknowledged_by: 'Ada' }).execute();
    expect((await inbox.commit([bad(7)])).alerts).toMatchObject([{ fromSeq: 7, toSeq: 7, records: 1 }]);
    expect(await alerts()).toHaveLength(2);
  });

  it('raises none about what has no identity: its device gets no receipt and still holds it', async () => {
    const { inbox, alerts } = await openFull();
    const report = await inbox.commit([readPayload('{')]);
    expect(report).toMatchObject({ overflow: 1, receipts: [], alerts: [] });
    expect(await alerts()).toEqual([]);
  });

  it('keeps what is refused again once something was discarded', async () => {
    const { db, inbox } = await openFull();
    await db
      .updateTable('quarantine')
      .set({ code: 'INGEST_RECORD_CONFLICT' })
      .where('id', '<=', 450)
      .execute();
    expect(await discardQuarantined(db, { code: 'INGEST_RECORD_CONFLICT', device: 'DEV-2' })).toBe(0);
    expect(await discardQuarantined(db, { code: 'INGEST_RECORD_CONFLICT', device: 'DEV-1' })).toBe(450);
    expect(await inbox.commit([bad(1)])).toMatchObject({ quarantined: 1, overflow: 0, alerts: [] });
  });
});
