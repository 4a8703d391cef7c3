import { CompiledQuery, sql, type Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { type TableHead, valuesOf } from './backup-format.ts';
import { raiseCounter, type Table } from './table-catalog.ts';

/** Parameters of an INSERT: SQLite takes 32,766 and PostgreSQL 65,535, and longer ones are no quicker. */
const PARAMETERS = 5000;

/** Empties every table at once. Rows may refer to each other in any order until the transaction ends. */
export async function emptyTables(
  trx: Transaction<Database>,
  engine: Engine,
  tables: readonly Table[],
): Promise<void> {
  if (engine === 'postgres') {
    // Locks them as well: what other processes write comes before or after all of this.
    await sql`truncate ${sql.join(tables.map(({ name }) => sql.table(name)))}`.execute(trx);
    return;
  }
  await sql`pragma defer_foreign_keys = on`.execute(trx);
  for (const { name } of tables) await sql`delete from ${sql.table(name)}`.execute(trx);
}

/**
 * Runs `load` with references unchecked and checks them all at its end. SQLite does so by itself when the transaction is
 * committed; in PostgreSQL references have to be made deferrable for that.
 */
export async function withLateReferences(
  trx: Transaction<Database>,
  engine: Engine,
  load: () => Promise<void>,
): Promise<void> {
  if (engine === 'sqlite') {
    await load();
    return;
  }
  const { rows } = await sql<{ owner: string; name: string }>`
    select conrelid::regclass::text as owner, quote_ident(conname) as name from pg_constraint
    where contype = 'f' and not condeferrable and connamespace = current_schema()::regnamespace`.execute(trx);
  const alter = async (how: string) => {
    for (const { owner, name } of rows)
      await sql.raw(`alter table ${owner} alter constraint ${name} ${how}`).execute(trx);
  };
  await alter('deferrable initially deferred');
  await load();
  await sql`set constraints all immediate`.execute(trx);
  await alter('not deferrable');
}

/** Writes the rows of one table of a backup into its empty table. */
export class TableLoader {
  readonly #trx: Transaction<Database>;
  readonly #engine: Engine;
  readonly #table: Table;
  readonly #head: TableHead;
  readonly #rowsAtOnce: number;
  // Lines that do not fill a statement yet.
  #waiting: string[] = [];

  constructor(trx: Transaction<Database>, engine: Engine, table: Table, head: TableHead) {
    this.#trx = trx;
    this.#engine = engine;
    this.#table = table;
    this.#head = head;
    this.#rowsAtOnce = Math.max(1, Math.floor(PARAMETERS / head.columns.length));
  }

  /** @throws JostleError BACKUP_DAMAGED; what the database refuses */
  async add(lines: readonly string[]): Promise<void> {
    this.#waiting.push(...lines);
    let done = 0;
    for (; this.#waiting.length - done >= this.#rowsAtOnce; done += this.#rowsAtOnce)
      await this.#insert(this.#waiting.slice(done, done + this.#rowsAtOnce));
    this.#waiting = this.#waiting.slice(done);
  }

  /** @returns how many rows the table has now */
  async end(): Promise<number> {
    if (this.#waiting.length > 0) await this.#insert(this.#waiting);
    const { counter, name } = this.#table;
    if (counter !== null) await raiseCounter(this.#trx, this.#engine, name, counter, this.#head.lastId ?? 0);
    return countRows(this.#trx, name);
  }

  async #insert(lines: readonly string[]): Promise<void> {
    const text = insertText(this.#engine, this.#head, lines.length, this.#table.counter !== null);
    await this.#trx.executeQuery(CompiledQuery.raw(text, valuesOf(this.#head, lines)));
  }
}

export async function countRows(trx: Transaction<Database>, table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(trx);
  return rows[0]?.n ?? 0;
}

/** As text, because building it from parts would cost more than running it. */
function insertText(engine: Engine, { name, columns }: TableHead, rows: number, hasCounter: boolean): string {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const place = (row: number) =>
    `(${columns.map((_, i) => (engine === 'sqlite' ? '?' : `$${row * columns.length + i + 1}`)).join(',')})`;
  // PostgreSQL numbers rows itself unless it is told to keep their numbers.
  const overriding = engine === 'postgres' && hasCounter ? 'overriding system value' : '';
  return `insert into "${name}" (${names}) ${overriding} values ${Array.from({ length: rows }, (_, i) => place(i)).join(',')}`;
}
