import { CompiledQuery, type Insertable, type Selectable, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { EachRow } from './each-row.ts';
import type { Engine } from './engine.ts';

/**
 * Statements over many rows at once whose text does not depend on how many: one round trip each. PostgreSQL gets the
 * rows as one JSON parameter; SQLite's thread runs the prepared statement row by row.
 */

type Table = keyof Database & string;
type KeysOf<T extends Table> = { [C in keyof Selectable<Database[T]>]?: Selectable<Database[T]>[C] };

/**
 * Inserts rows in their order.
 *
 * @param rows all with the same columns in the same order
 * @param onConflict what follows the values, the same SQL on both engines
 */
export async function insertRows<T extends Table>(
  trx: Transaction<Database>,
  engine: Engine,
  table: T,
  rows: readonly Insertable<Database[T]>[],
  onConflict = '',
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const into = `insert into ${table} (${columns.join(', ')})`;
  const sql =
    engine === 'sqlite'
      ? `${into} values (${columns.map(() => '?').join(', ')}) ${onConflict}`
      : `${into} select ${columns.join(', ')} from ${recordset(table)} ${onConflict}`;
  await trx.executeQuery(CompiledQuery.raw(sql, [rowsParameter(engine, rows)]));
}

/**
 * The rows whose columns are those of one of the keys; a key that is given twice gives its rows twice.
 *
 * @param condition further SQL that they must meet
 */
export async function selectByKeys<T extends Table>(
  trx: Transaction<Database>,
  engine: Engine,
  table: T,
  keys: readonly KeysOf<T>[],
  condition = '1 = 1',
): Promise<Selectable<Database[T]>[]> {
  const [first] = keys;
  if (first === undefined) return [];
  const sql =
    engine === 'sqlite'
      ? `select * from ${table} where ${sameAsGiven(first)} and ${condition}`
      : `select found.* from (select * from ${table} where ${condition}) found
          join ${recordset(table)} given on ${sameAsJoined('found', first)}`;
  const query = CompiledQuery.raw(sql, [rowsParameter(engine, keys)]);
  return (await trx.executeQuery<Selectable<Database[T]>>(query)).rows;
}

export async function deleteByKeys<T extends Table>(
  trx: Transaction<Database>,
  engine: Engine,
  table: T,
  keys: readonly KeysOf<T>[],
): Promise<void> {
  const [first] = keys;
  if (first === undefined) return;
  const sql =
    engine === 'sqlite'
      ? `delete from ${table} where ${sameAsGiven(first)}`
      : `delete from ${table} using ${recordset(table)} given where ${sameAsJoined(table, first)}`;
  await trx.executeQuery(CompiledQuery.raw(sql, [rowsParameter(engine, keys)]));
}

/** The one parameter that carries the rows. */
export function rowsParameter(engine: Engine, rows: readonly object[]): EachRow | string {
  return engine === 'sqlite' ? new EachRow(rows.map((row) => Object.values(row))) : JSON.stringify(rows);
}

function recordset(table: string): string {
  return `json_populate_recordset(null::${table}, $1::json)`;
}

function sameAsGiven(key: object): string {
  return Object.keys(key)
    .map((column) => `${column} = ?`)
    .join(' and ');
}

function sameAsJoined(table: string, key: object): string {
  return Object.keys(key)
    .map((column) => `${table}.${column} = given.${column}`)
    .join(' and ');
}
