import { JostleError, type RestoreReport } from '@jostle/contracts';
import { isDataError } from '../store/data-error.ts';
import type { Store } from '../store/store.ts';
import { lockInbox } from '../store/writer-lock.ts';
import { forgetTelemetryCursor } from '../telemetry/telemetry-cursor.ts';
import type { BackupHead, TableHead } from './backup-format.ts';
import type { BackupPart } from './backup-reader.ts';
import { catalogOf, schemaOf, type Table } from './table-catalog.ts';
import { countRows, emptyTables, TableLoader, withLateReferences } from './table-loader.ts';

type Counts = RestoreReport['tables'];

/**
 * Says whether a backup fits the tables of this version.
 *
 * @throws JostleError BACKUP_VERSION_DIFFERS
 */
export async function checkVersion({ db, engine }: Store, head: BackupHead): Promise<void> {
  const schema = await schemaOf(db);
  if (head.schema !== schema)
    throw new JostleError(
      'BACKUP_VERSION_DIFFERS',
      `The backup has the tables of ${head.schema}, this service those of ${schema}`,
    );
  const shape = ({ name, columns }: Pick<Table, 'name' | 'columns'>) => `${name}(${[...columns].sort()})`;
  const wanted = new Set((await catalogOf(db, engine)).map(shape));
  const given = head.tables.map(shape);
  const strange = given.find((table) => !wanted.has(table));
  if (strange !== undefined || new Set(given).size !== wanted.size)
    throw new JostleError(
      'BACKUP_VERSION_DIFFERS',
      `The tables of the backup are not those of this service (${strange ?? 'some are missing'})`,
    );
}

/**
 * Replaces everything in the store by a backup, in one transaction: where anything fails, nothing has changed.
 *
 * @param parts what follows the head
 * @throws JostleError BACKUP_STORE_NOT_EMPTY, BACKUP_DAMAGED, BACKUP_INCOMPLETE, BACKUP_REFUSED
 */
export async function replaceAll(
  { unhurried, engine }: Store,
  head: BackupHead,
  parts: AsyncIterable<BackupPart>,
  isReplacing: boolean,
): Promise<RestoreReport> {
  const tables = await catalogOf(unhurried, engine);
  try {
    const counts = await unhurried.transaction().execute(async (trx) => {
      await lockInbox(trx, engine);
      const before = new Map<string, number>();
      for (const { name } of tables) before.set(name, await countRows(trx, name));
      refuseUnlessEmpty(before, isReplacing);
      await emptyTables(trx, engine, tables);
      let loaded: Counts = [];
      await withLateReferences(trx, engine, async () => {
        const open = (table: TableHead) =>
          new TableLoader(
            trx,
            engine,
            tables.find(({ name }) => name === table.name) ?? noTable(table),
            table,
          );
        loaded = await load(head, parts, open, before);
      });
      await forgetTelemetryCursor(trx);
      return loaded;
    });
    return { createdAt: head.createdAt, tables: counts };
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new JostleError('BACKUP_REFUSED', `The database refuses a row: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function refuseUnlessEmpty(counts: ReadonlyMap<string, number>, isReplacing: boolean): void {
  const filled = [...counts].filter(([, rows]) => rows > 0);
  if (isReplacing || filled.length === 0) return;
  const rows = filled.reduce((sum, [, count]) => sum + count, 0);
  throw new JostleError('BACKUP_STORE_NOT_EMPTY', `The store holds ${rows} rows, which a restore replaces`);
}

async function load(
  head: BackupHead,
  parts: AsyncIterable<BackupPart>,
  open: (table: TableHead) => TableLoader,
  before: ReadonlyMap<string, number>,
): Promise<Counts> {
  const counts: Counts = [];
  const heads = new Map(head.tables.map((table) => [table.name, table]));
  let loader: TableLoader | undefined;
  for await (const part of parts) {
    if (part.kind === 'rows') {
      loader ??= open(part.table);
      await loader.add(part.lines);
    } else if (part.kind === 'end') {
      const { table, rows } = part.end;
      const tableHead = heads.get(table);
      if (tableHead === undefined) continue;
      const after = await (loader ?? open(tableHead)).end();
      if (after !== rows)
        throw new JostleError('INTERNAL', `Table ${table} has ${after} rows after ${rows} were written`);
      counts.push({ table, before: before.get(table) ?? 0, backup: rows, after });
      loader = undefined;
    }
  }
  return counts;
}

function noTable({ name }: TableHead): never {
  throw new JostleError('BACKUP_VERSION_DIFFERS', `This service has no table ${name}`);
}
