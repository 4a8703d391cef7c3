import type { Order } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { orderKind } from '../ledger/order-kinds.ts';
import type { Database } from '../store/database.ts';
import { refuseGroup } from './entry-groups.ts';
import type { OrderRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';
import type { Planned } from './order-plan.ts';
import { BATCH, batches, insertPlanned } from './planned-writer.ts';

type PlannedOrder = Planned<Order, OrderRow>;

/** Writes orders whose products exist; those of unknown products are created first where the mapping says so. */
export async function writeOrders(
  trx: Kysely<Database>,
  planned: readonly PlannedOrder[],
  createsProducts: boolean,
  record: ImportRecord,
  signal: AbortSignal,
): Promise<void> {
  if (createsProducts) record.create('products', await createProducts(trx, planned, signal));
  for (const batch of batches(planned, BATCH, signal)) {
    const known = await knownSkus(trx, batch);
    const good = batch.filter(({ group }) => {
      const bad = group.rows.filter(({ row }) => !known.has(row.sku));
      for (const { line, row } of bad)
        record.refuse(line, 'LEDGER_SKU_UNKNOWN', `There is no product "${row.sku}"`, 'sku');
      if (bad.length > 0)
        refuseGroup(
          group,
          bad.map(({ line }) => line),
          record,
        );
      return bad.length === 0;
    });
    await insertPlanned(asAnyDatabase(trx), orderKind, 'orders', good, record);
  }
}

async function knownSkus(trx: Kysely<Database>, orders: readonly PlannedOrder[]): Promise<Set<string>> {
  const skus = new Set(orders.flatMap(({ entry }) => entry.lines.map((line) => line.sku)));
  const known = await trx
    .selectFrom('product')
    .select('sku')
    .where('sku', 'in', [...skus])
    .execute();
  return new Set(known.map(({ sku }) => sku));
}

/** Nobody has tested what is only known from an order: fragility and climate limits stay unknown. */
async function createProducts(
  trx: Kysely<Database>,
  orders: readonly PlannedOrder[],
  signal: AbortSignal,
): Promise<number> {
  // Keyed by sku; the first name counts, and the sku where no row has one.
  const names = new Map<string, string>();
  for (const { group } of orders)
    for (const { row } of group.rows) {
      const name = names.get(row.sku);
      if (name === undefined || name === row.sku) names.set(row.sku, row.product ?? row.sku);
    }
  const unknown = { critical_acceleration_g: null, critical_velocity_change_mps: null, climate_limits: null };
  let created = 0;
  for (const batch of batches([...names], BATCH, signal)) {
    const inserted = await trx
      .insertInto('product')
      .values(batch.map(([sku, name]) => ({ sku, name, ...unknown })))
      .onConflict((conflict) => conflict.column('sku').doNothing())
      .returning('sku')
      .execute();
    created += inserted.length;
  }
  return created;
}
