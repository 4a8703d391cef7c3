import { type Kysely, Migrator } from 'kysely';
import { bootMigration } from '../boot-time/boot-migration.ts';
import { completenessMigration } from '../completeness/completeness-migration.ts';
import { findingMigration } from '../finding/finding-migration.ts';
import { deadMigration } from '../inbox/dead-migration.ts';
import { inboxMigration } from '../inbox/inbox-migration.ts';
import { quarantineMigration } from '../inbox/quarantine-migration.ts';
import { runsMigration } from '../inbox/runs-migration.ts';
import { keepingMigration } from '../keeping/keeping-migration.ts';
import { ledgerMigration } from '../ledger/ledger-migration.ts';
import { telemetryMigration } from '../telemetry/telemetry-migration.ts';
import type { Database } from './database.ts';
import type { AreaMigration, Engine } from './engine.ts';

/** In the order in which they run. Names are stored in the database: never change one, append the next. */
const MIGRATIONS: readonly (readonly [name: string, area: AreaMigration])[] = [
  ['001-ledger', ledgerMigration],
  ['002-inbox', inboxMigration],
  ['003-telemetry', telemetryMigration],
  ['004-finding', findingMigration],
  ['005-quarantine', quarantineMigration],
  ['006-boot', bootMigration],
  ['007-runs', runsMigration],
  ['008-keeping', keepingMigration],
  ['009-completeness', completenessMigration],
  ['010-dead', deadMigration],
];

/** Brings the database to the newest tables, all in one transaction: a kill in the middle leaves nothing behind. */
export async function migrate(db: Kysely<Database>, engine: Engine): Promise<void> {
  const migrations = Object.fromEntries(
    MIGRATIONS.map(([name, area]) => [name, { up: (schema: Kysely<unknown>) => area.up(schema, engine) }]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
