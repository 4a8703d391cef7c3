import type { AreaMigration } from '../store/engine.ts';

/** Who does the work that only one may do, and what was compared. */
export const keepingMigration: AreaMigration = {
  async up({ schema }) {
    await schema
      .createTable('lease')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createTable('reconciliation')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('requested_at', 'bigint', (c) => c.notNull())
      .addColumn('report', 'text', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .execute();
  },
};
