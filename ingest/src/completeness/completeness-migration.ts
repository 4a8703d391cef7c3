import { type CreateTableBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { AreaMigration, Engine } from '../store/engine.ts';
import { fillDropped, fillSteps } from './account-filling.ts';

type Schema = Kysely<unknown>['schema'];

async function createEpochs(schema: Schema): Promise<void> {
  await ofEpoch(schema, 'reception_epoch')
    .addColumn('last_heard_at', 'bigint', (c) => c.notNull())
    .addColumn('min_seq', 'bigint', (c) => c.notNull())
    .addColumn('max_seq', 'bigint', (c) => c.notNull())
    .addColumn('mark_seq', 'bigint', (c) => c.notNull())
    .addColumn('mark_at', 'bigint', (c) => c.notNull())
    .addColumn('aged_seq', 'bigint', (c) => c.notNull())
    .addColumn('decided_below', 'bigint', (c) => c.notNull())
    .addColumn('pending_min', 'bigint')
    .addColumn('pending_max', 'bigint')
    .addColumn('received', 'bigint', (c) => c.notNull())
    .addColumn('stored', 'bigint', (c) => c.notNull())
    .addColumn('dropped', 'bigint', (c) => c.notNull())
    .addColumn('closed_at', 'bigint')
    .addPrimaryKeyConstraint('reception_epoch_pk', ['device_id', 'epoch'])
    .execute();
}

async function createSteps(schema: Schema): Promise<void> {
  await ofEpoch(schema, 'reception_step')
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('starts_at', 'bigint', (c) => c.notNull())
    .addColumn('first_seq', 'bigint', (c) => c.notNull())
    .addColumn('last_seq', 'bigint', (c) => c.notNull())
    .addColumn('first_at', 'bigint')
    .addColumn('last_at', 'bigint')
    .addColumn('records', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reception_step_pk', ['device_id', 'epoch', 'boot_id', 'starts_at'])
    .execute();
}

async function createChain(schema: Schema): Promise<void> {
  await ofEpoch(schema, 'chain_range')
    .addColumn('from_seq', 'bigint', (c) => c.notNull())
    .addColumn('to_seq', 'bigint', (c) => c.notNull())
    .addColumn('link_before', 'text', (c) => c.notNull())
    .addColumn('link_after', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('chain_range_pk', ['device_id', 'epoch', 'from_seq'])
    .execute();
}

async function createAlerts(schema: Schema, engine: Engine): Promise<void> {
  const creation = schema.createTable('alert');
  const withId =
    engine === 'sqlite'
      ? creation.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      : creation.addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity());
  await withId
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('from_seq', 'bigint', (c) => c.notNull())
    .addColumn('to_seq', 'bigint', (c) => c.notNull())
    .addColumn('records', 'bigint', (c) => c.notNull())
    .addColumn('raised_at', 'bigint', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('acknowledged_at', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('resolved_at', 'bigint')
    .execute();
  await schema.createIndex('alert_of_epoch').on('alert').columns(['device_id', 'epoch']).execute();
}

/** What came before there were accounts. */
async function countEpochs(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into reception_epoch (device_id, epoch, last_heard_at, min_seq, max_seq, mark_seq, mark_at, aged_seq,
      decided_below, received, stored, dropped)
    select r.device_id, r.epoch, coalesce(max(s.last_received_at), 0), 0, max(r.to_seq), 0, 0, 0, 1,
      sum(r.to_seq - r.from_seq + 1),
      sum(r.to_seq - r.from_seq + 1) - (select count(*) from quarantine q where q.device_id = r.device_id
        and q.epoch = r.epoch and q.seq is not null and q.code <> 'INGEST_RECORD_CONFLICT'),
      0
    from received r left join device_state s on s.device_id = r.device_id and s.epoch = r.epoch
    group by r.device_id, r.epoch`.execute(db);
}

function ofEpoch(schema: Schema, table: string): CreateTableBuilder<string, 'device_id' | 'epoch'> {
  return schema
    .createTable(table)
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull());
}

/** What is kept of gaps, of the chain and of alerts. */
export const completenessMigration: AreaMigration = {
  async up(db, engine) {
    const { schema } = db;
    await createEpochs(schema);
    await countEpochs(db);
    await createSteps(schema);
    const trx = db as unknown as Transaction<Database>;
    await fillDropped(trx);
    await fillSteps(trx, engine);
    await createChain(schema);
    await createAlerts(schema, engine);
  },
};
