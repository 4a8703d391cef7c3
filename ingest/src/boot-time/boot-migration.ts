import { type Kysely, sql } from 'kysely';
import type { AreaMigration, Engine } from '../store/engine.ts';

type Schema = Kysely<unknown>['schema'];

async function createBoots(schema: Schema): Promise<void> {
  await schema
    .createTable('boot')
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('boot_number', 'bigint')
    .addColumn('first_seq', 'bigint', (c) => c.notNull())
    .addColumn('last_seq', 'bigint', (c) => c.notNull())
    .addColumn('first_mono_ms', 'bigint', (c) => c.notNull())
    .addColumn('last_mono_ms', 'bigint', (c) => c.notNull())
    .addColumn('has_unsynced', 'integer', (c) => c.notNull())
    .addColumn('is_anchored', 'integer', (c) => c.notNull())
    .addColumn('heard_offset_ms', 'bigint')
    .addColumn('received_offset_ms', 'bigint', (c) => c.notNull())
    .addColumn('earliest_offset_ms', 'bigint')
    .addColumn('latest_offset_ms', 'bigint')
    .addPrimaryKeyConstraint('boot_pk', ['device_id', 'epoch', 'boot_id'])
    .execute();
  await schema
    .createTable('clock_anchor')
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('mono_ms', 'bigint', (c) => c.notNull())
    .addColumn('wall_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('clock_anchor_pk', ['device_id', 'epoch', 'seq'])
    .execute();
}

async function createMoves(schema: Schema, engine: Engine): Promise<void> {
  const creation = schema.createTable('point_move');
  const withId =
    engine === 'sqlite'
      ? creation.addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      : creation.addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity());
  await withId
    .addColumn('inbox_id', 'bigint', (c) => c.notNull())
    .addColumn('from_ms', 'bigint')
    .execute();
}

/** Where each record is placed in time. What is stored already stays where its own clock put it. */
export const bootMigration: AreaMigration = {
  async up(db, engine) {
    const { schema } = db;
    await createBoots(schema);
    await createMoves(schema, engine);
    await schema.alterTable('inbox').addColumn('resolved_at', 'bigint').execute();
    await sql`update inbox set resolved_at = measured_at`.execute(db);
    for (const table of ['inbox', 'shock_event', 'excursion', 'coverage', 'sensor_fault'])
      await schema
        .alterTable(table)
        .addColumn('time_quality', 'text', (c) => c.notNull().defaultTo('measured'))
        .execute();
    for (const table of ['shock_event', 'excursion', 'coverage'])
      await schema.alterTable(table).addColumn('earliest_at', 'bigint').execute();
  },
};
