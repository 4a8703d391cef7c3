import type { Return } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { readEntries } from '../ledger/entries-read.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { returnKind } from '../ledger/order-kinds.ts';
import type { Database } from '../store/database.ts';
import type { GroupRow } from './entry-groups.ts';
import type { ReturnRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';
import type { Planned } from './order-plan.ts';
import { batches, insertPlanned } from './planned-writer.ts';
import { type MatchedLine, matchReturns } from './return-matching.ts';
import { knownShipments } from './shipment-writer.ts';

/** Returns are matched with one query per batch, whose answer grows with the square of it at worst. */
const RETURN_BATCH = 100;

/** Writes returns whose order line is found; their ids differ. */
export async function writeReturns(
  trx: Kysely<Database>,
  rows: readonly GroupRow<ReturnRow>[],
  record: ImportRecord,
  signal: AbortSignal,
): Promise<void> {
  const db = asAnyDatabase(trx);
  for (const batch of batches(rows, RETURN_BATCH, signal)) {
    const all = batch.map(({ row }) => row);
    const matches = await matchReturns(trx, all);
    const shipments = await knownShipments(
      trx,
      all.flatMap((row) => row.shipment ?? []),
    );
    const kept = await readEntries(
      db,
      returnKind,
      all.map(({ id }) => id),
    );
    const planned: Planned<Return, ReturnRow>[] = [];
    for (const [i, { line, row }] of batch.entries()) {
      // Orders that were imported since do not move a return that is in the ledger already.
      const found = row.order === undefined ? kept.find(({ id }) => id === row.id) : undefined;
      const match = found ?? matches[i];
      if (match === undefined) record.refuse(line, 'IMPORT_RETURN_UNMATCHED', unmatched(row));
      else if (row.shipment !== undefined && !shipments.has(row.shipment))
        record.refuse(line, 'LEDGER_REFERENCE_UNKNOWN', `There is no shipment "${row.shipment}"`, 'shipment');
      else
        planned.push({
          entry: returnOf(row, match),
          group: { id: row.id, rows: [{ line, row }], badLine: null },
        });
    }
    await insertPlanned(db, returnKind, 'returns', planned, record);
  }
}

function returnOf(row: ReturnRow, { orderId, line }: MatchedLine): Return {
  const { id, shipment, damageKind = 'unknown', severity = 'unknown', discoveredAt, note } = row;
  const amount = row.amount ?? claimedValue(row);
  return {
    id,
    orderId,
    line,
    shipment: shipment ?? null,
    damageKind,
    severity,
    discoveredAt,
    ...(note === undefined ? {} : { note }),
    ...(amount === undefined ? {} : { amount }),
  };
}

/** Rounded to hundredths, the smallest coin of most currencies. */
function claimedValue({ quantity, unitPrice }: ReturnRow): number | undefined {
  if (quantity === undefined || unitPrice === undefined) return undefined;
  return Math.round(Math.abs(quantity) * unitPrice * 100) / 100;
}

function unmatched({ order, line, customer, sku, discoveredAt }: ReturnRow): string {
  if (order !== undefined)
    return `Order "${order}" has no line ${line === undefined ? `with the sku "${sku}"` : line}`;
  if (customer === undefined) return 'The row names neither an order nor a customer';
  return `Customer "${customer}" has no order line with the sku "${sku}" up to ${discoveredAt}`;
}
