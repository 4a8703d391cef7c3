import type {
  Assignment,
  Carrier,
  Device,
  HandOff,
  Leg,
  Order,
  Product,
  Return,
  Shipment,
  Site,
} from '@jostle/contracts';
import { MINUTE_MS, ssccFrom } from '@jostle/contracts';

/** Minutes after the start of the story at which custody changes. */
const PACKED = 4;
const AT_HUB = 12;
const LEFT_HUB = 18;
export const DELIVERED_MIN = 27;
/** Length of the whole story, minutes: the parcels stand on the doorstep for the last of them. */
export const STORY_MIN = 28;

const WAREHOUSE: Site = { id: 'WH-WAALHAVEN', name: 'Warehouse Waalhaven', kind: 'warehouse' };
const HUB: Site = { id: 'HUB-SPAANSE-POLDER', name: 'Hub Spaanse Polder', kind: 'hub' };
const CUSTOMER: Site = { id: 'CU-DELFT', name: 'Customer in Delft', kind: 'customer' };
const LINEHAUL: Carrier = { id: 'MAAS-LINEHAUL', name: 'Maas Linehaul' };
const PARCEL: Carrier = { id: 'DELTA-PARCEL', name: 'Delta Parcel' };

/** Fragilities as a packaging laboratory would state them (ASTM D3332: Ac and ΔVc); null was never tested. */
const PRODUCTS: Product[] = [
  {
    sku: 'LAMP-PAPER',
    name: 'Paper lamp',
    fragility: { criticalAccelerationG: 120, criticalVelocityChangeMps: 4 },
    climateLimits: null,
  },
  {
    sku: 'CLOCK-OAK',
    name: 'Wall clock in oak',
    fragility: { criticalAccelerationG: 85, criticalVelocityChangeMps: 3.2 },
    climateLimits: null,
  },
  {
    sku: 'VASE-GLASS',
    name: 'Vase in mouth-blown glass',
    fragility: { criticalAccelerationG: 40, criticalVelocityChangeMps: 2.5 },
    climateLimits: null,
  },
  { sku: 'PUZZLE-1000', name: 'Puzzle with 1,000 pieces', fragility: null, climateLimits: null },
  {
    sku: 'OLIVE-OIL-6',
    name: 'Olive oil, six bottles',
    fragility: { criticalAccelerationG: 60, criticalVelocityChangeMps: 2.8 },
    climateLimits: { minTemperatureC: 5, maxTemperatureC: 30, minHumidityPct: null, maxHumidityPct: null },
  },
];

/** The parcel that falls, the one that comes back although it travelled quietly, and the height of the fall. */
const FALLING = 2;
const SCRATCHED = 1;
export const DROP_HEIGHT_M = 0.8;
/** In the hub, between the arrival and the sorter. */
const DROP_MIN = 15.5;

/** One parcel of the story with the device that travels in it. */
export interface Parcel {
  device: Device;
  sscc: string;
  order: Order;
  shipment: Shipment;
  assignment: Assignment;
  legs: Leg[];
  handOffs: HandOff[];
  dropAtMs: number | null;
}

/** Everything that the demo tells the API, and what its customers send back. */
export interface Story {
  startsAtMs: number;
  deliveredAtMs: number;
  endsAtMs: number;
  sites: Site[];
  carriers: Carrier[];
  products: Product[];
  parcels: Parcel[];
  returns: Return[];
}

/** The story as a whole: the same start gives the same story. */
export function storyFrom(startsAtMs: number): Story {
  const at = (minutes: number) => new Date(startsAtMs + minutes * MINUTE_MS).toISOString();
  const parcels = PRODUCTS.map((product, n) => parcelOf(product, n, at, startsAtMs));
  const returnOf = (
    n: number,
    damage: Pick<Return, 'id' | 'damageKind' | 'severity' | 'note' | 'amount'>,
  ) => ({
    ...damage,
    orderId: parcels[n]?.order.id ?? '',
    line: 1,
    discoveredAt: at(DELIVERED_MIN + 0.5),
  });
  return {
    startsAtMs,
    deliveredAtMs: startsAtMs + DELIVERED_MIN * MINUTE_MS,
    endsAtMs: startsAtMs + STORY_MIN * MINUTE_MS,
    sites: [WAREHOUSE, HUB, CUSTOMER],
    carriers: [LINEHAUL, PARCEL],
    products: PRODUCTS,
    parcels,
    returns: [
      returnOf(FALLING, {
        id: 'RET-1001',
        damageKind: 'shattered',
        severity: 'total',
        note: 'The box looked fine, the vase inside was in pieces.',
        amount: 89,
      }),
      returnOf(SCRATCHED, {
        id: 'RET-1002',
        damageKind: 'scratched',
        severity: 'cosmetic',
        note: 'A long scratch over the dial.',
        amount: 64.5,
      }),
    ],
  };
}

function parcelOf(product: Product, n: number, at: (minutes: number) => string, startsAtMs: number): Parcel {
  const number = n + 1;
  const sscc = ssccFrom(`106141410000000${String(number).padStart(2, '0')}`);
  const device: Device = { id: `DEV-0${number}`, name: `Logger in parcel ${number}` };
  const order: Order = {
    id: `ORD-${1000 + number}`,
    customer: `C-${200 + number}`,
    placedAt: at(-24 * 60),
    currency: 'EUR',
    lines: [{ id: 1, sku: product.sku, quantity: 1 }],
  };
  const leg = (
    name: string,
    mode: Leg['mode'],
    custodian: string,
    from: Site,
    to: Site,
    span: [number, number],
  ): Leg => ({
    id: `LEG-${number}-${name}`,
    shipment: sscc,
    mode,
    custodian,
    from: from.id,
    to: to.id,
    startsAt: at(span[0]),
    endsAt: at(span[1]),
  });
  const handOff = (name: string, giver: string, taker: string, site: Site, minutes: number): HandOff => ({
    id: `HO-${number}-${name}`,
    shipment: sscc,
    giver,
    taker,
    site: site.id,
    at: at(minutes),
    exception: null,
  });
  return {
    device,
    sscc,
    order,
    shipment: { sscc, parent: null, lines: [{ orderId: order.id, line: 1, quantity: 1 }] },
    assignment: {
      id: `ASG-${number}`,
      device: device.id,
      shipment: sscc,
      site: null,
      zone: null,
      startsAt: at(0),
      endsAt: at(DELIVERED_MIN),
    },
    legs: [
      leg('PACKING', 'packing', WAREHOUSE.id, WAREHOUSE, WAREHOUSE, [0, PACKED]),
      leg('LINEHAUL', 'road', LINEHAUL.id, WAREHOUSE, HUB, [PACKED, AT_HUB]),
      leg('HUB', 'handling', PARCEL.id, HUB, HUB, [AT_HUB, LEFT_HUB]),
      leg('LAST-MILE', 'road', PARCEL.id, HUB, CUSTOMER, [LEFT_HUB, DELIVERED_MIN]),
    ],
    handOffs: [
      handOff('1', WAREHOUSE.id, LINEHAUL.id, WAREHOUSE, PACKED),
      handOff('2', LINEHAUL.id, PARCEL.id, HUB, AT_HUB),
    ],
    dropAtMs: n === FALLING ? startsAtMs + DROP_MIN * MINUTE_MS : null,
  };
}
