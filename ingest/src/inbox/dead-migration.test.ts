import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { readPayload, submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, OTHER_EPOCH } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { deadMigration } from './dead-migration.ts';
import { Inbox } from './inbox.ts';

onEachStore('migration to dead ranges', (open) => {
  it('finds what was committed to the quarantine only', async () => {
    const store = await open();
    const { db, engine } = store;
    await db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
    const inbox = new Inbox(store);
    const unreadable = (epoch: string, seq: number, count: number) =>
      readPayload(
        JSON.stringify({ v: 1, epoch, seq, at: Array.from({ length: count }, () => 1), odd: true }),
      );
    await inbox.commit([
      submissionOf([makeRecord(3, 'climate')]),
      unreadable(EPOCH, 1, 5),
      unreadable(EPOCH, 5, 3),
      unreadable(OTHER_EPOCH, 9, 1),
      submissionOf([makeRecord(3, 'climate', { temperatureC: 90 })]),
      submissionOf([makeRecord(4, 'climate')], { deviceId: 'DEV-7' }),
    ]);
    const deadRows = () =>
      db
        .selectFrom('dead')
        .select(['epoch', 'from_seq', 'to_seq'])
        .orderBy('epoch')
        .orderBy('from_seq')
        .execute();
    const asCommitted = await deadRows();
    await db.schema.dropTable('dead').execute();
    await deadMigration.up(db as unknown as Kysely<unknown>, engine);
    expect(await deadRows()).toEqual([
      { epoch: EPOCH, from_seq: 1, to_seq: 2 },
      { epoch: EPOCH, from_seq: 4, to_seq: 7 },
      { epoch: OTHER_EPOCH, from_seq: 9, to_seq: 9 },
    ]);
    expect(asCommitted).toEqual(await deadRows());
  });
});
