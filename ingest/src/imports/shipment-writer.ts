import type { Shipment } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { shipmentKind } from '../ledger/order-kinds.ts';
import type { Database } from '../store/database.ts';
import { refuseGroup } from './entry-groups.ts';
import type { ShipmentRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';
import type { Planned } from './order-plan.ts';
import { BATCH, batches, insertPlanned } from './planned-writer.ts';

type PlannedShipment = Planned<Shipment, ShipmentRow>;

/** Writes shipments whose parents and order lines exist. Parents have to come first. */
export async function writeShipments(
  trx: Kysely<Database>,
  planned: readonly PlannedShipment[],
  record: ImportRecord,
  signal: AbortSignal,
): Promise<void> {
  for (const batch of batches(planned, BATCH, signal)) {
    const lines = await knownLines(trx, batch);
    const shipments = await knownShipments(
      trx,
      batch.flatMap(({ entry }) => entry.parent ?? []),
    );
    const good = batch.filter(({ entry, group }) => {
      const bad = group.rows.flatMap(({ line, row }) => {
        if (row.order !== undefined && !lines.has(`${row.order}/${row.line}`))
          return { line, column: 'order', message: `There is no line ${row.line} of order "${row.order}"` };
        if (row.parent !== undefined && !shipments.has(row.parent))
          return { line, column: 'parent', message: `There is no shipment "${row.parent}"` };
        return [];
      });
      for (const problem of bad) record.refuseWith({ ...problem, code: 'LEDGER_REFERENCE_UNKNOWN' });
      if (bad.length > 0)
        refuseGroup(
          group,
          bad.map(({ line }) => line),
          record,
        );
      // A child further down in this batch finds its parent only if that one is good itself.
      else shipments.add(entry.sscc);
      return bad.length === 0;
    });
    await insertPlanned(asAnyDatabase(trx), shipmentKind, 'shipments', good, record);
  }
}

/** Which of these shipments exist. */
export async function knownShipments(trx: Kysely<Database>, ssccs: readonly string[]): Promise<Set<string>> {
  if (ssccs.length === 0) return new Set();
  const known = await trx.selectFrom('shipment').select('sscc').where('sscc', 'in', ssccs).execute();
  return new Set(known.map(({ sscc }) => sscc));
}

async function knownLines(
  trx: Kysely<Database>,
  shipments: readonly PlannedShipment[],
): Promise<Set<string>> {
  const orders = new Set(shipments.flatMap(({ entry }) => entry.lines.map((line) => line.orderId)));
  if (orders.size === 0) return new Set();
  const lines = await trx
    .selectFrom('order_line')
    .select(['order_id', 'line'])
    .where('order_id', 'in', [...orders])
    .execute();
  return new Set(lines.map(({ order_id, line }) => `${order_id}/${line}`));
}
