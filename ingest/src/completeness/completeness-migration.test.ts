import type { DeviceRecord } from '@jostle/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';

const MINUTE = 60_000;

/** A record as a boot's clock stamped it. */
function stamped(record: DeviceRecord, boot: number, mono: number, wall: number | null): DeviceRecord {
  const clock = wall === null ? ({ clockQuality: 'none', measuredAt: mono } as const) : { measuredAt: wall };
  const bootId = `00000000-0000-4000-8000-00000000000${boot}`;
  return { ...record, ...clock, bootId, bootNumber: boot, monotonicMs: mono };
}

/**
 * More runs than are read at a time, of two devices: one whose clock was set while it ran, and one whose clock never was
 * in its first boot. Every third seq is missing.
 */
function arrivals() {
  const spread = Array.from({ length: 90 }, (_, i) => {
    const mono = i * MINUTE;
    return [
      ...[1, 2].map((n) => stamped(makeRecord(3 * i + n, 'climate'), 1, mono + n, null)),
      stamped(makeRecord(3 * i + 1, 'climate'), 2, mono, i < 40 ? null : START_MS + mono),
    ];
  });
  const anchor = makeRecord(280, 'anchor', { monotonicMs: 90 * MINUTE, wallMs: START_MS + 90 * MINUTE });
  return [
    ...spread.map(([first, second]) => submissionOf([first, second] as DeviceRecord[])),
    ...spread.map(([, , third]) => submissionOf([third] as DeviceRecord[], { deviceId: 'DEV-2' })),
    submissionOf([stamped(anchor, 1, 90 * MINUTE, START_MS + 90 * MINUTE)]),
    submissionOf([makeRecord(1, 'climate')], { deviceId: 'DEV-2', epoch: OTHER_EPOCH }),
  ];
}

onEachStore('migration to accounts of what came', (open) => {
  const openInbox = async () => {
    const store = await open();
    const devices = ['DEV-1', 'DEV-2'].map((id) => ({ id, name: id }));
    await store.db.insertInto('device').values(devices).execute();
    return { store, inbox: new Inbox(store) };
  };
  /** Takes away what this migration and the next one make, as if an older release had been stopped, and starts again. */
  const upgrade = async ({ db, close }: Store) => {
    for (const table of ['reception_epoch', 'reception_step', 'chain_range', 'alert', 'dead'] as const)
      await db.schema.dropTable(table).execute();
    await sql`delete from kysely_migration where name >= '009'`.execute(db);
    await close();
    return open();
  };
  const stepsIn = ({ db }: Store) =>
    db
      .selectFrom('reception_step')
      .selectAll()
      .orderBy('device_id')
      .orderBy('epoch')
      .orderBy('boot_id')
      .orderBy('starts_at')
      .execute();

  it('counts when stored records were made as if they came now', async () => {
    const { store, inbox } = await openInbox();
    for (const submission of arrivals()) await inbox.commit([submission]);
    const asReceived = await stepsIn(store);
    expect(new Set(asReceived.map((row) => row.starts_at === -1))).toEqual(new Set([true, false]));
    const upgraded = await upgrade(store);
    expect(await stepsIn(upgraded)).toEqual(asReceived);
    // A step that was filled goes on.
    const next = [makeRecord(2, 'climate')];
    await new Inbox(upgraded).commit([submissionOf(next, { deviceId: 'DEV-2', epoch: OTHER_EPOCH })]);
    expect((await stepsIn(upgraded)).filter(({ epoch }) => epoch === OTHER_EPOCH)).toMatchObject([
      { first_seq: 1, last_seq: 2, records: 2 },
    ]);
  });

  it('counts what came and what was dropped as if it came now', async () => {
    const { store, inbox } = await openInbox();
    const stone = (seq: number, fromSeq: number, toSeq: number) =>
      submissionOf([makeRecord(seq, 'tombstone', { fromSeq, toSeq, reason: 'outbox-full' })]);
    await inbox.commit([stone(20, 1, 6), stone(22, 4, 9), submissionOf([makeRecord(5, 'climate')])]);
    const counts = ({ db }: Store) =>
      db
        .selectFrom('reception_epoch')
        .select(['device_id', 'epoch', 'received', 'stored', 'dropped'])
        .execute();
    const asReceived = await counts(store);
    expect(asReceived).toEqual([{ device_id: 'DEV-1', epoch: EPOCH, received: 3, stored: 3, dropped: 8 }]);
    expect(await counts(await upgrade(store))).toEqual(asReceived);
  });
});
