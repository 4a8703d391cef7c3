import type { AreaMigration } from '../store/engine.ts';

/** Creates the table of findings; see FindingTables for its meaning. */
export const findingMigration: AreaMigration = {
  async up({ schema }) {
    await schema
      .createTable('finding')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('return_id', 'text', (c) => c.notNull().references('return_claim.id'))
      .addColumn('computed_at', 'bigint', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('finding_return').on('finding').columns(['return_id', 'computed_at']).execute();
  },
};
