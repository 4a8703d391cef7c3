import type { ImportKind } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { type ColumnMapping, checkColumns, defaultMapping } from './column-mapping.ts';
import { csvRows, notCsv } from './csv-rows.ts';
import { EntryGroups, type GroupRow } from './entry-groups.ts';
import type { OrderRow, ReturnRow, ShipmentRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';
import { planOrders } from './order-plan.ts';
import { writeOrders } from './order-writer.ts';
import { writeReturns } from './return-writer.ts';
import { type RowOutcome, type RowReader, rowReader } from './row-reader.ts';
import { planShipments } from './shipment-plan.ts';
import { writeShipments } from './shipment-writer.ts';

/** A file to import. */
export interface ImportFile {
  kind: ImportKind;
  bytes: Buffer;
  /** Absent where the columns have the names of the fields. */
  mapping?: ColumnMapping | undefined;
  /** Write what is good even where rows are refused. */
  isPartial: boolean;
}

/** The rows of a file by what they are about. */
interface Contents {
  orders: EntryGroups<OrderRow>;
  shipments: EntryGroups<ShipmentRow>;
  returns: GroupRow<ReturnRow>[];
}

/**
 * Reads the whole file, then writes it in one transaction, so that the transaction stays short.
 * Unless the import is partial, one refused row is enough for nothing to be written.
 *
 * @param signal ends it early, with nothing written
 * @throws JostleError IMPORT_FILE_UNREADABLE or IMPORT_MAPPING_INVALID
 */
export async function runImport(
  db: Kysely<Database>,
  file: ImportFile,
  record: ImportRecord,
  signal: AbortSignal,
): Promise<void> {
  const { contents, mapping } = await readContents(file, record, signal);
  const orders = planOrders(contents.orders, record);
  const shipments = planShipments(contents.shipments, record);
  try {
    await db.transaction().execute(async (trx) => {
      await writeOrders(trx, orders, mapping.createProducts ?? false, record, signal);
      await writeShipments(trx, shipments, record, signal);
      await writeReturns(trx, contents.returns, record, signal);
      if (record.hasRefusals && !file.isPartial) throw new AllOrNothing();
    });
    record.finish();
  } catch (error) {
    if (!(error instanceof AllOrNothing)) throw error;
    record.abandon();
  }
}

/** Rolls the transaction back. */
class AllOrNothing extends Error {}

async function readContents(
  { kind, bytes, mapping: given }: ImportFile,
  record: ImportRecord,
  signal: AbortSignal,
): Promise<{ contents: Contents; mapping: ColumnMapping }> {
  const contents: Contents = { orders: new EntryGroups(), shipments: new EntryGroups(), returns: [] };
  // Keyed by id of the return: the line that has it.
  const returnLines = new Map<string, number>();
  let mapping: ColumnMapping = given ?? {};
  let read: RowReader | undefined;
  for await (const row of csvRows(bytes, given?.delimiter ?? ',', (bytesRead) => record.read(bytesRead))) {
    signal.throwIfAborted();
    if (read === undefined) {
      const header = row.cells.map((cell) => cell.trim());
      mapping = mappingOf(kind, header, given);
      read = rowReader(mapping, header);
      continue;
    }
    record.countRow();
    place(row.line, read(row), contents, returnLines, record);
  }
  return { contents, mapping };
}

/** @throws JostleError IMPORT_MAPPING_INVALID; IMPORT_FILE_UNREADABLE where a quote that was left open ate the header */
function mappingOf(
  kind: ImportKind,
  header: readonly string[],
  given: ColumnMapping | undefined,
): ColumnMapping {
  try {
    const mapping = given ?? defaultMapping(kind, header);
    checkColumns(mapping, header);
    return mapping;
  } catch (error) {
    const isTorn = header.some((column) => column.includes('\n'));
    throw isTorn ? notCsv('a quote that opens in the header line does not close in it', 1, error) : error;
  }
}

function place(
  line: number,
  outcome: RowOutcome,
  { orders, shipments, returns }: Contents,
  returnLines: Map<string, number>,
  record: ImportRecord,
): void {
  if (outcome.kind === 'excluded') {
    record.exclude(line, outcome.because);
    return;
  }
  const { section, values } = outcome;
  if (outcome.kind === 'refused') {
    for (const problem of outcome.problems) record.refuseWith(problem);
    if (section === 'orders' && values['order'] !== undefined) orders.spoil(String(values['order']), line);
    if (section === 'shipments' && values['sscc'] !== undefined)
      shipments.spoil(String(values['sscc']), line);
    return;
  }
  // The reader checked each value against the schema of its field.
  if (section === 'orders') {
    const row = values as unknown as OrderRow;
    orders.add(row.order, line, row);
  } else if (section === 'shipments') {
    const row = values as unknown as ShipmentRow;
    shipments.add(row.sscc, line, row);
  } else {
    const row = values as unknown as ReturnRow;
    const other = returnLines.get(row.id);
    if (other === undefined) returns.push({ line, row });
    else record.refuse(line, 'IMPORT_VALUE_INVALID', `Line ${other} has the id "${row.id}" too`);
    returnLines.set(row.id, other ?? line);
  }
}
