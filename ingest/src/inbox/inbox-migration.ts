import type { CreateTableBuilder, Kysely } from 'kysely';
import type { AreaMigration, Engine } from '../store/engine.ts';

type Schema = Kysely<unknown>['schema'];

/** A number that the database gives out and never uses again. */
function withRowId(schema: Schema, table: string, engine: Engine): CreateTableBuilder<string, 'id'> {
  const creation = schema.createTable(table);
  return engine === 'sqlite'
    ? creation.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    : creation.addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity());
}

async function createInbox(schema: Schema, engine: Engine): Promise<void> {
  await withRowId(schema, 'inbox', engine)
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('measured_at', 'bigint', (c) => c.notNull())
    .addColumn('mono_ms', 'bigint', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addUniqueConstraint('inbox_identity', ['device_id', 'epoch', 'seq'])
    .execute();
  for (const table of ['received', 'dropped']) {
    const creation = schema
      .createTable(table)
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('epoch', 'text', (c) => c.notNull())
      .addColumn('from_seq', 'bigint', (c) => c.notNull())
      .addColumn('to_seq', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_pk`, ['device_id', 'epoch', 'from_seq', 'to_seq']);
    await (table === 'dropped'
      ? creation.addColumn('reason', 'text', (c) => c.notNull())
      : creation
    ).execute();
  }
  await schema
    .createTable('device_state')
    .addColumn('device_id', 'text', (c) => c.primaryKey())
    .addColumn('epoch', 'text')
    .addColumn('min_seq', 'bigint', (c) => c.notNull())
    .addColumn('max_seq', 'bigint', (c) => c.notNull())
    .addColumn('last_seq', 'bigint', (c) => c.notNull())
    .addColumn('last_measured_at', 'bigint')
    .addColumn('last_received_at', 'bigint')
    .addColumn('is_online', 'integer', (c) => c.notNull())
    .execute();
}

async function createEvents(schema: Schema): Promise<void> {
  await schema
    .createTable('shock_event')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('impact_at', 'bigint', (c) => c.notNull())
    .addColumn('peak_g', 'double precision', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('shock_event_time')
    .on('shock_event')
    .columns(['device_id', 'impact_at'])
    .execute();
  await schema
    .createTable('excursion')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('excursion_time').on('excursion').columns(['device_id', 'started_at']).execute();
}

async function createEvidence(schema: Schema): Promise<void> {
  const ofRecord = (table: string) =>
    schema
      .createTable(table)
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('epoch', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_pk`, ['device_id', 'epoch', 'seq']);
  await ofRecord('coverage')
    .addColumn('starts_at', 'bigint', (c) => c.notNull())
    .addColumn('ends_at', 'bigint', (c) => c.notNull())
    .addColumn('samples', 'bigint', (c) => c.notNull())
    .addColumn('lost_samples', 'bigint', (c) => c.notNull())
    .addColumn('peak_g', 'double precision', (c) => c.notNull())
    .execute();
  await schema.createIndex('coverage_time').on('coverage').columns(['device_id', 'starts_at']).execute();
  await ofRecord('sensor_fault')
    .addColumn('occurred_at', 'bigint', (c) => c.notNull())
    .addColumn('sensor', 'text', (c) => c.notNull())
    .addColumn('is_raised', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .execute();
}

async function createQuarantine(schema: Schema, engine: Engine): Promise<void> {
  await withRowId(schema, 'quarantine', engine)
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('raw', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text')
    .addColumn('seq', 'bigint')
    .addUniqueConstraint('quarantine_once', ['device_id', 'digest'])
    .execute();
}

export const inboxMigration: AreaMigration = {
  async up({ schema }, engine) {
    await createInbox(schema, engine);
    await createEvents(schema);
    await createEvidence(schema);
    await createQuarantine(schema, engine);
  },
};
