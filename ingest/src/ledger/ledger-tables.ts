/**
 * The ledger in the database: what was ordered, what travels in which shipment, in whose custody, watched by
 * which device, and what came back. Times are ms since the Unix epoch; ranges are half-open.
 */
export interface LedgerTables {
  site: { id: string; name: string; kind: string };
  carrier: { id: string; name: string };
  product: {
    sku: string;
    name: string;
    /** Both null where the product was never tested. */
    critical_acceleration_g: number | null;
    critical_velocity_change_mps: number | null;
    /** JSON of ClimateLimits, or null. */
    climate_limits: string | null;
  };
  /** An order; `order` itself is a word of SQL. */
  customer_order: { id: string; customer: string | null; placed_at: number; currency: string | null };
  order_line: { order_id: string; line: number; sku: string; quantity: number; unit_price: number | null };
  shipment: { sscc: string; parent: string | null };
  shipment_line: { shipment: string; order_id: string; line: number; quantity: number };
  leg: {
    id: string;
    shipment: string;
    mode: string;
    custodian: string;
    from_site: string;
    to_site: string;
    starts_at: number;
    ends_at: number;
  };
  hand_off: {
    id: string;
    shipment: string;
    giver: string;
    taker: string;
    site: string;
    happened_at: number;
    exception: string | null;
  };
  device: { id: string; name: string };
  assignment: {
    id: string;
    device: string;
    shipment: string | null;
    site: string | null;
    zone: string | null;
    starts_at: number;
    /** Null while the device is still there. */
    ends_at: number | null;
  };
  /** A return with the damage that was found. */
  return_claim: {
    id: string;
    order_id: string;
    line: number;
    shipment: string | null;
    damage_kind: string;
    severity: string;
    discovered_at: number;
    note: string | null;
    amount: number | null;
  };
}
