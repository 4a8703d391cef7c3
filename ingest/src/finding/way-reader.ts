import type { LegMode } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { intersectionOf, unionOf } from '../correlation/intervals.ts';
import type { CaseLeg, ObservationWindow } from '../correlation/return-case.ts';
import type { Database } from '../store/database.ts';

/** The way of one shipment: who held it when, and which devices were with it. */
export interface Way {
  legs: CaseLeg[];
  windows: ObservationWindow[];
}

/**
 * Reads the way of a shipment and of the pallets that carried it. A pallet's leg counts where the shipment has
 * none of its own in that time; a pallet's device counts during the pallet's legs, if it has any.
 */
export async function readWay(db: Kysely<Database>, sscc: string): Promise<Way> {
  let legs: CaseLeg[] = [];
  const windows: ObservationWindow[] = [];
  for (const carrier of await carriersOf(db, sscc)) {
    const own = await readLegs(db, carrier);
    const assigned = await readWindows(db, carrier);
    const isPallet = carrier !== sscc;
    windows.push(...(isPallet && own.length > 0 ? clipped(assigned, own) : assigned));
    const held = unionOf(legs);
    legs = [...legs, ...own.filter((leg) => intersectionOf(unionOf([leg]), held).length === 0)];
  }
  return { legs, windows };
}

/** The shipment, its parent, the parent of that, and so on. */
async function carriersOf(db: Kysely<Database>, sscc: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | null = sscc; next !== null && !found.includes(next); ) {
    found.push(next);
    const row: { parent: string | null } | undefined = await db
      .selectFrom('shipment')
      .select('parent')
      .where('sscc', '=', next)
      .executeTakeFirst();
    next = row?.parent ?? null;
  }
  return found;
}

async function readLegs(db: Kysely<Database>, sscc: string): Promise<CaseLeg[]> {
  const rows = await db
    .selectFrom('leg')
    .innerJoin('site as origin', 'origin.id', 'leg.from_site')
    .innerJoin('site as destination', 'destination.id', 'leg.to_site')
    .leftJoin('carrier', 'carrier.id', 'leg.custodian')
    .leftJoin('site as keeper', 'keeper.id', 'leg.custodian')
    .select([
      'leg.id',
      'leg.mode',
      'leg.custodian',
      'leg.starts_at',
      'leg.ends_at',
      'origin.name as from',
      'destination.name as to',
      'carrier.name as carrier_name',
      'keeper.name as keeper_name',
    ])
    .where('leg.shipment', '=', sscc)
    .orderBy('leg.starts_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    mode: row.mode as LegMode,
    custodian: row.custodian,
    custodianName: row.carrier_name ?? row.keeper_name ?? row.custodian,
    from: row.from,
    to: row.to,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }));
}

async function readWindows(db: Kysely<Database>, sscc: string): Promise<ObservationWindow[]> {
  const rows = await db.selectFrom('assignment').selectAll().where('shipment', '=', sscc).execute();
  return rows.map(({ device, starts_at, ends_at }) => ({
    device,
    startsAt: starts_at,
    endsAt: ends_at ?? Number.MAX_SAFE_INTEGER,
  }));
}

function clipped(windows: readonly ObservationWindow[], legs: readonly CaseLeg[]): ObservationWindow[] {
  const held = unionOf(legs);
  return windows.flatMap((window) =>
    intersectionOf(unionOf([window]), held).map((part) => ({ device: window.device, ...part })),
  );
}
