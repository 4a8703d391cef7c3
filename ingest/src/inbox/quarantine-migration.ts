import type { AreaMigration } from '../store/engine.ts';

/** Lets the quarantine be counted without reading the raw bytes that it holds. */
export const quarantineMigration: AreaMigration = {
  async up({ schema }) {
    await schema.createIndex('quarantine_code').on('quarantine').columns(['code', 'device_id']).execute();
  },
};
