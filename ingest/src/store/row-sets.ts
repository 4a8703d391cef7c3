import { CompiledQuery, type Insertable, type Selectable, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { EachRow } from './each-row.ts';
import type { Engine } from './engine.ts';

/**
 * Statements over many rows at once whose text does not depend on how many: one round trip each, and on SQLite
 * none for a write within a transaction. PostgreSQL gets the
 * rows as one JSON parameter; SQLite's thread runs the prepared statement row by row.
 */

type Table = keyof Database & string;
type KeysOf<T extends Table> = { [C in keyof Selectable<Database[T]>]?: Selectable<Database[T]>[C] };

/**
 * Inserts rows in their order.
 *
 * @param rows all with the same columns
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
  await trx.executeQuery(CompiledQuery.raw(sql, [rowsParameter(engine, rows, 'write')]));
}

/**
 * The rows whose columns are those of one of the keys; a key that is given twice gives its rows twice. SQLite makes and
 * reads the JSON itself: one row at a time through its interface costs four times that.
 *
 * @param columns of the rows; numbers in them are whole
 * @param condition further SQL that they must meet
 */
export async function selectByKeys<T extends Table, C extends keyof Selectable<Database[T]> & string>(
  trx: Transaction<Database>,
  engine: Engine,
  table: T,
  columns: readonly C[],
  keys: readonly KeysOf<T>[],
  condition = '1 = 1',
): Promise<Pick<Selectable<Database[T]>, C>[]> {
  const [first] = keys;
  if (first === undefined) return [];
  type Row = Pick<Selectable<Database[T]>, C>;
  if (engine === 'sqlite') {
    const sql = `select json_group_array(json_object(${columns.map((c) => `'${c}', found.${c}`).join(', ')})) as rows
      from json_each(?) given cross join (select * from ${table} where ${condition}) found
      on ${sameAsElements(first)}`;
    const query = CompiledQuery.raw(sql, [JSON.stringify(keys.map((key) => Object.values(key)))]);
    const [found] = (await trx.executeQuery<{ rows: string }>(query)).rows;
    return found === undefined ? [] : (JSON.parse(found.rows) as Row[]);
  }
  const sql = `select ${columns.map((c) => `found.${c}`).join(', ')}
    from (select * from ${table} where ${condition}) found
    join ${recordset(table)} given on ${sameAsJoined('found', first)}`;
  return (await trx.executeQuery<Row>(CompiledQuery.raw(sql, [rowsParameter(engine, keys, 'read')]))).rows;
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
  await trx.executeQuery(CompiledQuery.raw(sql, [rowsParameter(engine, keys, 'write')]));
}

/** The one parameter that carries the rows to a statement that reads, or only writes. */
export function rowsParameter(
  engine: Engine,
  rows: readonly object[],
  access: 'read' | 'write',
): EachRow | string {
  if (engine !== 'sqlite') return JSON.stringify(rows);
  const columns = Object.keys(rows[0] ?? {});
  return new EachRow(
    rows.map((row) => columns.map((column) => (row as Record<string, unknown>)[column])),
    access === 'write',
  );
}

function recordset(table: string): string {
  return `json_populate_recordset(null::${table}, $1::json)`;
}

function sameAsElements(key: object): string {
  return Object.keys(key)
    .map((column, i) => `found.${column} = given.value ->> ${i}`)
    .join(' and ');
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
