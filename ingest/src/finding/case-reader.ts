import { type ClimateLimits, type DamageKind, JostleError, type Severity } from '@jostle/contracts';
import type { Kysely, Selectable } from 'kysely';
import type { CaseProduct, ReturnCase } from '../correlation/return-case.ts';
import type { LedgerTables } from '../ledger/ledger-tables.ts';
import type { Database } from '../store/database.ts';
import { readCompleteness } from './completeness-reader.ts';
import { readEvents } from './event-reader.ts';
import { readWay } from './way-reader.ts';

type ReturnRow = Selectable<LedgerTables['return_claim']>;

/**
 * Gathers everything that is on record about one return.
 *
 * @param now ms since the epoch: it parts the records that are late from those in flight
 * @throws JostleError REST_NOT_FOUND
 */
export async function readCase(db: Kysely<Database>, returnId: string, now: number): Promise<ReturnCase> {
  const claim = await db.selectFrom('return_claim').selectAll().where('id', '=', returnId).executeTakeFirst();
  if (claim === undefined)
    throw new JostleError(
      'REST_NOT_FOUND',
      `There is no return "${returnId}"; GET /api/v1/returns lists them`,
    );
  const shipments = await shipmentsOf(db, claim);
  const shipment = (shipments.length === 1 ? shipments[0] : null) ?? null;
  const way = shipment === null ? { legs: [], windows: [] } : await readWay(db, shipment);
  const span = {
    startsAt: Math.min(...way.legs.map((leg) => leg.startsAt)),
    endsAt: Math.max(...way.legs.map((leg) => leg.endsAt)),
  };
  const devices = way.legs.length === 0 ? [] : [...new Set(way.windows.map((window) => window.device))];
  return {
    returnId,
    damageKind: claim.damage_kind as DamageKind,
    severity: claim.severity as Severity,
    product: await readProduct(db, claim),
    shipment,
    possibleShipments: shipment === null ? shipments : [],
    ...way,
    ...(await readEvents(db, devices, span)),
    ...(await readCompleteness(db, way.legs.length === 0 ? [] : way.windows, span, now)),
  };
}

/** The shipment that the return names, or all that carried its order line. */
async function shipmentsOf(db: Kysely<Database>, claim: ReturnRow): Promise<string[]> {
  if (claim.shipment !== null) return [claim.shipment];
  const rows = await db
    .selectFrom('shipment_line')
    .select('shipment')
    .where('order_id', '=', claim.order_id)
    .where('line', '=', claim.line)
    .execute();
  return rows.map((row) => row.shipment);
}

async function readProduct(db: Kysely<Database>, claim: ReturnRow): Promise<CaseProduct> {
  const row = await db
    .selectFrom('order_line')
    .innerJoin('product', 'product.sku', 'order_line.sku')
    .selectAll('product')
    .where('order_line.order_id', '=', claim.order_id)
    .where('order_line.line', '=', claim.line)
    .executeTakeFirstOrThrow();
  const { critical_acceleration_g: acceleration, critical_velocity_change_mps: velocityChange } = row;
  return {
    sku: row.sku,
    name: row.name,
    fragility:
      acceleration === null || velocityChange === null
        ? null
        : { criticalAccelerationG: acceleration, criticalVelocityChangeMps: velocityChange },
    climateLimits: row.climate_limits === null ? null : (JSON.parse(row.climate_limits) as ClimateLimits),
  };
}
