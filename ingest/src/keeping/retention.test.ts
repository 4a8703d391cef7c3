import type { DeviceRecord } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { EmbeddedTelemetryStore } from '../telemetry/embedded-store.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { type OpenStore, onEachStore } from '../testing/stores.ts';
import { expireRuns, inboxKeptSince } from './retention.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = START_MS + 10 * DAY_MS;
const CUTOFF = NOW - 7 * DAY_MS;
const GOING = new AbortController().signal;

/** A record of a boot whose clock was never set, as it is sent after that boot. */
function undated(seq: number, boot: number): DeviceRecord {
  const bootId = `00000000-0000-4000-8000-00000000000${boot}`;
  return { ...makeRecord(seq, 'climate'), bootId, bootNumber: boot, clockQuality: 'none' };
}

async function openInbox(open: OpenStore) {
  const store = await open();
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  const inbox = new Inbox(store);
  return {
    store,
    db: store.db,
    inbox,
    /** One run, received so many days after the start. */
    receive: (day: number, records: DeviceRecord[], epoch = EPOCH) =>
      inbox.commit([submissionOf(records, { epoch, receivedAt: START_MS + day * DAY_MS })]),
    carry: async () => {
      const { writer, firstIdle } = startWriter(store, new EmbeddedTelemetryStore(store));
      await firstIdle;
      await writer.stop();
    },
    expire: () => expireRuns(store.db, CUTOFF, NOW, GOING),
    kept: async () =>
      (await store.db.selectFrom('inbox').select('from_seq').orderBy('id').execute()).map(
        (row) => row.from_seq,
      ),
  };
}

onEachStore('retention of the inbox', (open) => {
  it('lets go what was received before its time, and knows it again when it comes again', async () => {
    const { db, inbox, receive, carry, expire, kept } = await openInbox(open);
    const old = [makeRecord(1, 'climate'), makeRecord(2, 'climate')];
    await receive(1, old);
    await receive(2, [makeRecord(4, 'shock')]);
    await receive(5, [makeRecord(6, 'climate')]);
    await carry();
    expect(await inboxKeptSince(db)).toBe(0);
    expect(await expire()).toEqual({ runs: 2, records: 3 });
    expect(await kept()).toEqual([6]);
    expect(await inboxKeptSince(db)).toBe(START_MS + 2 * DAY_MS);
    expect(await expire()).toEqual({ runs: 0, records: 0 });
    const report = await inbox.commit([submissionOf(old)]);
    expect(report).toMatchObject({ stored: 0, duplicates: 2, conflicts: 0 });
    expect(report.receipts[0]?.receipt.upTo).toBe(2);
    expect(await db.selectFrom('shock_event').select('id').execute()).toHaveLength(1);
  });

  it('keeps messages of one batch until the last of them is old enough', async () => {
    const { inbox, receive, carry, expire, kept } = await openInbox(open);
    await inbox.commit([
      submissionOf([makeRecord(1, 'climate')], { receivedAt: CUTOFF - 5000 }),
      submissionOf([makeRecord(2, 'climate')], { receivedAt: CUTOFF + 5000 }),
    ]);
    await receive(9, [makeRecord(4, 'climate')]);
    await carry();
    await expire();
    expect(await kept()).toEqual([1, 4]);
  });

  it('keeps what the telemetry store does not have yet', async () => {
    const { receive, carry, expire, kept } = await openInbox(open);
    await receive(1, [makeRecord(1, 'climate')]);
    await carry();
    await receive(1, [makeRecord(3, 'climate')]);
    await receive(9, [makeRecord(5, 'climate')]);
    await expire();
    expect(await kept()).toEqual([3, 5]);
    await carry();
    await expire();
    expect(await kept()).toEqual([5]);
  });

  it('keeps the runs of a boot whose points are still to be moved', async () => {
    const { db, receive, carry, expire, kept } = await openInbox(open);
    await receive(1, [makeRecord(1, 'climate')]);
    await receive(9, [makeRecord(5, 'climate')]);
    await carry();
    const boot = await db
      .selectFrom('inbox')
      .select(['device_id', 'epoch', 'boot_id'])
      .executeTakeFirstOrThrow();
    await db
      .insertInto('boot_move')
      .values({ ...boot, line_before: '{"anchors":[],"heardOffsetMs":null}' })
      .execute();
    await expire();
    expect(await kept()).toEqual([1, 5]);
    await carry();
    await expire();
    expect(await kept()).toEqual([5]);
  });

  it('keeps runs without a known time until a later boot of the device has come', async () => {
    const { receive, carry, expire, kept } = await openInbox(open);
    await receive(1, [undated(1, 1)]);
    await receive(1, [undated(3, 1)]);
    await carry();
    await expire();
    expect(await kept()).toEqual([1, 3]);
    await receive(9, [undated(5, 2)]);
    await carry();
    await expire();
    expect(await kept()).toEqual([5]);
  });

  it('keeps the newest run of each epoch', async () => {
    const { receive, carry, expire, kept } = await openInbox(open);
    await receive(1, [makeRecord(1, 'climate')]);
    await receive(1, [makeRecord(3, 'climate')]);
    await receive(1, [makeRecord(1, 'climate')], OTHER_EPOCH);
    await carry();
    await expire();
    expect(await kept()).toEqual([3, 1]);
  });

  it('goes on behind runs of a time when the server clock was wrong', async () => {
    const { receive, carry, expire, kept } = await openInbox(open);
    await receive(400, [makeRecord(1, 'climate')]);
    await receive(1, [makeRecord(3, 'climate')]);
    await receive(9, [makeRecord(5, 'climate')]);
    await carry();
    await expire();
    expect(await kept()).toEqual([1, 5]);
  });
});
