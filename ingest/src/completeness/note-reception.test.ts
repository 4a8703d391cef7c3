import { chainAfter, chainStart, type DeviceRecord, type OutboxSpan } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { type MessageParts, submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { deviceCompleteness } from './device-completeness.ts';
import { IN_FLIGHT_MS } from './gap-rules.ts';

const climate = (from: number, to = from) =>
  Array.from({ length: to - from + 1 }, (_, i) => makeRecord(from + i, 'climate'));

onEachStore('reception', (open) => {
  const openInbox = async () => {
    const store = await open();
    const devices = ['DEV-1', 'DEV-2'].map((id) => ({ id, name: id }));
    await store.db.insertInto('device').values(devices).execute();
    const inbox = new Inbox(store);
    const send = (records: readonly DeviceRecord[], outbox: OutboxSpan, more: MessageParts = {}) =>
      inbox.commit([submissionOf(records, { outbox, ...more })]);
    const counts = async (now = START_MS, device = 'DEV-1') => {
      const { gaps, completeness, ...rest } = await deviceCompleteness(store.db, device, now, null);
      const { stored, late, dropped, refused, lost, inFlight } = rest;
      return { stored, late, dropped, refused, lost, inFlight };
    };
    const alerts = () =>
      store.db
        .selectFrom('alert')
        .select(['kind', 'from_seq', 'to_seq', 'records', 'resolved_at'])
        .orderBy('id')
        .execute();
    return { db: store.db, inbox, send, counts, alerts };
  };
  const NONE = { stored: 0, late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0 };

  it('calls what is missing in flight at first, and late after two resends', async () => {
    const { send, counts } = await openInbox();
    await send(climate(1, 3), { minSeq: 1, maxSeq: 9 });
    expect(await counts()).toEqual({ ...NONE, stored: 3, inFlight: 6 });
    expect(await counts(START_MS + IN_FLIGHT_MS)).toEqual({ ...NONE, stored: 3, late: 6 });
  });

  it('raises one alert for a gap that the device no longer holds, and makes it grow', async () => {
    const { send, counts, alerts } = await openInbox();
    await send(climate(1, 3), { minSeq: 1, maxSeq: 9 });
    expect((await send(climate(6, 6), { minSeq: 6, maxSeq: 6 })).alerts).toMatchObject([
      { kind: 'lost', deviceId: 'DEV-1', epoch: EPOCH, fromSeq: 4, toSeq: 5, records: 2 },
    ]);
    expect((await send(climate(7, 9), { minSeq: 6, maxSeq: 9 })).alerts).toEqual([]);
    expect(await counts()).toEqual({ ...NONE, stored: 7, lost: 2 });
    expect(await alerts()).toEqual([{ kind: 'lost', from_seq: 4, to_seq: 5, records: 2, resolved_at: null }]);
    await send(climate(12, 12), { minSeq: 12, maxSeq: 12 });
    expect(await alerts()).toMatchObject([
      { from_seq: 4, to_seq: 5 },
      { from_seq: 10, to_seq: 11 },
    ]);
  });

  it('waits for the tombstone that was stored with the drop, and raises nothing', async () => {
    const { send, counts, alerts } = await openInbox();
    await send(climate(1, 3), { minSeq: 1, maxSeq: 9 });
    await send(climate(7, 8), { minSeq: 6, maxSeq: 9 });
    expect(await alerts()).toEqual([]);
    const stone = makeRecord(9, 'tombstone', { fromSeq: 4, toSeq: 5, reason: 'outbox-full' });
    await send([stone], { minSeq: 6, maxSeq: 9 });
    await send(climate(6, 6), { minSeq: 6, maxSeq: 9 });
    await send(climate(10, 10), { minSeq: 10, maxSeq: 10 });
    expect(await alerts()).toEqual([]);
    expect(await counts()).toEqual({ ...NONE, stored: 8, dropped: 2 });
  });

  it('decides a report that waits when what it still held has come, though a later one held less', async () => {
    const { send, alerts } = await openInbox();
    await send(climate(1, 1), { minSeq: 1, maxSeq: 1 });
    await send(climate(12, 12), { minSeq: 10, maxSeq: 14 });
    await send(climate(15, 15), { minSeq: 13, maxSeq: 20 });
    expect(await alerts()).toEqual([]);
    await send(climate(13, 14), { minSeq: 10, maxSeq: 14 });
    expect(await alerts()).toMatchObject([{ kind: 'lost', from_seq: 2, to_seq: 9, records: 8 }]);
  });

  it('resolves the alert when the records come after all', async () => {
    const { send, counts, alerts } = await openInbox();
    await send(climate(3, 3), { minSeq: 3, maxSeq: 3 });
    await send(climate(1, 1), { minSeq: 1, maxSeq: 3 });
    expect(await alerts()).toMatchObject([{ from_seq: 1, to_seq: 2, records: 1, resolved_at: null }]);
    await send(climate(2, 2), { minSeq: 2, maxSeq: 3 }, { receivedAt: START_MS + 5 });
    expect(await alerts()).toMatchObject([{ records: 0, resolved_at: START_MS + 5 }]);
    expect(await counts()).toEqual({ ...NONE, stored: 3 });
  });

  it('calls lost what an outbox held that another one has replaced', async () => {
    const { send, counts } = await openInbox();
    await send(climate(1, 3), { minSeq: 1, maxSeq: 9 });
    const next = { epoch: OTHER_EPOCH };
    const at = (ms: number) => ({ ...next, receivedAt: START_MS + ms });
    expect((await send(climate(1, 1), { minSeq: 1, maxSeq: 1 }, at(1000))).alerts).toEqual([]);
    const { alerts } = await send(climate(2, 2), { minSeq: 2, maxSeq: 2 }, at(IN_FLIGHT_MS));
    expect(alerts).toMatchObject([{ kind: 'lost', epoch: EPOCH, fromSeq: 4, toSeq: 9, records: 6 }]);
    expect(alerts[0]?.detail).toContain('another outbox');
    expect(await counts(START_MS + IN_FLIGHT_MS)).toEqual({ ...NONE, stored: 5, lost: 6 });
  });

  it('tells of records that were changed on their way by the chain, once, and of nothing else', async () => {
    const { send, alerts } = await openInbox();
    const records = climate(1, 12);
    const links = [chainStart(EPOCH)];
    for (const record of records) links.push(chainAfter(links.at(-1) ?? '', record));
    const run = (from: number, to: number, all = records) =>
      send(all.slice(from - 1, to), { minSeq: 1, maxSeq: 12 }, { chainBefore: links[from - 1] ?? null });
    await run(7, 9);
    await run(1, 3);
    await run(4, 6);
    await run(4, 8);
    expect(await alerts()).toEqual([]);
    const changed = records.map((record) =>
      record.seq === 11 ? makeRecord(11, 'climate', { temperatureC: 3 }) : record,
    );
    await run(10, 11, changed);
    await run(12, 12);
    expect(await alerts()).toMatchObject([{ kind: 'chain-broken', from_seq: 12 }]);
    await run(12, 12);
    expect(await alerts()).toHaveLength(1);
  });

  it('tells of two contents of one identity, once', async () => {
    const { send, alerts } = await openInbox();
    await send(climate(1, 3), { minSeq: 1, maxSeq: 3 });
    const other = [makeRecord(2, 'climate', { temperatureC: 3 })];
    await send(other, { minSeq: 1, maxSeq: 3 });
    await send(other, { minSeq: 1, maxSeq: 3 });
    expect(await alerts()).toMatchObject([{ kind: 'conflict', from_seq: 2, to_seq: 2, records: 1 }]);
  });

  it('counts what lies in quarantine as refused', async () => {
    const { inbox, counts } = await openInbox();
    const bad = { ...makeRecord(2, 'fault'), body: {} } as DeviceRecord;
    await inbox.commit([submissionOf([...climate(1), bad], { outbox: { minSeq: 1, maxSeq: 2 } })]);
    expect(await counts()).toEqual({ ...NONE, stored: 1, refused: 1 });
  });

  it('gives the completeness of a span in whole steps, with gaps between the times of their neighbours', async () => {
    const { db, send } = await openInbox();
    const at = (seq: number, minute: number) =>
      ({ ...makeRecord(seq, 'climate'), measuredAt: START_MS + minute * 60_000 }) as DeviceRecord;
    await send([at(1, 1), at(2, 4)], { minSeq: 1, maxSeq: 2 });
    await send([at(5, 13), at(6, 25)], { minSeq: 5, maxSeq: 6 });
    const instant = (minute: number) => new Date(START_MS + minute * 60_000).toISOString();
    const of = (from: number, to: number) =>
      deviceCompleteness(db, 'DEV-1', START_MS, {
        startsAt: START_MS + from * 60_000,
        endsAt: START_MS + to * 60_000,
      });
    const gap = { epoch: EPOCH, fromSeq: 3, toSeq: 4, state: 'lost', reason: null };
    expect(await of(2, 12)).toMatchObject({
      ...{ from: instant(0), to: instant(20), completeness: 3 / 5, stored: 3, lost: 2 },
      gaps: [{ ...gap, earliest: instant(4), latest: instant(13), isPartial: false }],
    });
    expect(await of(2, 8)).toMatchObject({ stored: 2, lost: 2, gaps: [{ ...gap, isPartial: true }] });
    expect(await of(21, 29)).toMatchObject({ stored: 1, lost: 0, completeness: 1, gaps: [] });
    expect(await of(60, 70)).toMatchObject({ stored: 0, completeness: null, gaps: [] });
  });

  it('counts records whose time is not known, and places them once it is', async () => {
    const { db, send } = await openInbox();
    const unset = (record: DeviceRecord) =>
      ({ ...record, measuredAt: 5, clockQuality: 'none', bootNumber: 1 }) as DeviceRecord;
    await send(climate(1, 3).map(unset), { minSeq: 1, maxSeq: 3 });
    const hour = { startsAt: START_MS, endsAt: START_MS + 3_600_000 };
    expect(await deviceCompleteness(db, 'DEV-1', START_MS, hour)).toMatchObject({ stored: 3, undated: 3 });
    const anchor = { ...makeRecord(4, 'anchor'), bootNumber: 1 } as DeviceRecord;
    await send([anchor], { minSeq: 4, maxSeq: 4 });
    expect(await deviceCompleteness(db, 'DEV-1', START_MS, hour)).toMatchObject({ stored: 4, undated: 0 });
  });
});
