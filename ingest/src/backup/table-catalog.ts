import { type Kysely, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import type { TableHead } from './backup-format.ts';

/** Tables that a backup leaves out and a restore leaves alone, with the reason; all others are found in the database. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  lease: 'belongs to the processes that run now',
};

/** A table of the store, as the database itself describes it. */
export interface Table {
  name: string;
  columns: readonly string[];
  /** The column that the database numbers; null where there is none. */
  counter: string | null;
}

/** Every table that belongs into a backup, by name; those in which migrations are noted are not among them. */
export async function catalogOf(db: Kysely<Database>, engine: Engine): Promise<Table[]> {
  const schema = engine === 'postgres' ? await currentSchema(db) : undefined;
  const tables = await db.introspection.getTables();
  return tables
    .filter((table) => !table.isView && (schema === undefined || table.schema === schema))
    .filter(({ name }) => !Object.hasOwn(LEFT_OUT, name))
    .map(({ name, columns }) => ({
      name,
      columns: columns.map((column) => column.name),
      counter: columns.find((column) => column.isAutoIncrementing)?.name ?? null,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Name of the last migration that ran. */
export async function schemaOf(db: Kysely<Database>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select max(name) as name from kysely_migration`.execute(db);
  return rows[0]?.name ?? 'none';
}

/** The tables with what their counters have given out. */
export function withCounters(
  db: Kysely<Database>,
  engine: Engine,
  tables: readonly Table[],
): Promise<TableHead[]> {
  return Promise.all(
    tables.map(async ({ name, columns, counter }) => ({
      name,
      columns: [...columns],
      lastId: counter === null ? null : await lastId(db, engine, name, counter),
    })),
  );
}

async function lastId(db: Kysely<Database>, engine: Engine, table: string, column: string): Promise<number> {
  if (engine === 'sqlite') {
    const { rows } = await sql<{
      seq: number;
    }>`select seq from sqlite_sequence where name = ${table}`.execute(db);
    return rows[0]?.seq ?? 0;
  }
  const { rows } = await sql<{
    name: string;
  }>`select pg_get_serial_sequence(${table}, ${column}) as name`.execute(db);
  const sequence = rows[0]?.name ?? '';
  const given = await sql<{ last: number }>`
    select case when is_called then last_value else 0 end as last from ${sql.raw(sequence)}`.execute(db);
  return given.rows[0]?.last ?? 0;
}

/** Raises a counter to a number that was given out; it is never lowered. */
export async function raiseCounter(
  db: Kysely<Database>,
  engine: Engine,
  table: string,
  column: string,
  last: number,
): Promise<void> {
  if (last <= (await lastId(db, engine, table, column))) return;
  if (engine === 'postgres') {
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), ${last})`.execute(db);
    return;
  }
  await sql`delete from sqlite_sequence where name = ${table}`.execute(db);
  await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(db);
}

async function currentSchema(db: Kysely<Database>): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  return rows[0]?.name;
}
