import type { AreaMigration } from '../store/engine.ts';

export const telemetryMigration: AreaMigration = {
  async up({ schema }) {
    await schema
      .createTable('telemetry_climate')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('point_ns', 'text', (c) => c.notNull())
      .addColumn('measured_at', 'bigint', (c) => c.notNull())
      .addColumn('temperature_c', 'double precision')
      .addColumn('relative_humidity_pct', 'double precision')
      .addColumn('pressure_hpa', 'double precision')
      .addPrimaryKeyConstraint('telemetry_climate_pk', ['device_id', 'point_ns'])
      .execute();
    await schema
      .createIndex('telemetry_climate_time')
      .on('telemetry_climate')
      .columns(['device_id', 'measured_at'])
      .execute();
    await schema
      .createTable('cursor')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', 'bigint', (c) => c.notNull())
      .execute();
  },
};
