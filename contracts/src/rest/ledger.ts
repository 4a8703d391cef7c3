import Type, { type Static, type TSchema } from '#typebox';
import { ID_PATTERN, Id, Sku, Sscc } from '../identity/ids.ts';
import { Instant, OpenInstant } from './common.ts';

const strict = { additionalProperties: false } as const;
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });
const LineNumber = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Name = Type.String({ minLength: 1, maxLength: 200 });

export const Site = Type.Object(
  {
    id: Id,
    name: Name,
    kind: Type.Enum(['warehouse', 'hub', 'customer']),
  },
  strict,
);

export const Carrier = Type.Object({ id: Id, name: Name }, strict);

/** Fragility by the damage boundary (ASTM D3332): both values, or null where it was never tested. */
export const Fragility = Type.Object(
  {
    criticalAccelerationG: Type.Number({ exclusiveMinimum: 0, maximum: 10_000 }),
    criticalVelocityChangeMps: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  },
  strict,
);

export const ClimateLimits = Type.Object(
  {
    minTemperatureC: nullable(Type.Number()),
    maxTemperatureC: nullable(Type.Number()),
    minHumidityPct: nullable(Type.Number({ minimum: 0, maximum: 100 })),
    maxHumidityPct: nullable(Type.Number({ minimum: 0, maximum: 100 })),
  },
  strict,
);

export const Product = Type.Object(
  {
    sku: Sku,
    name: Name,
    fragility: nullable(Fragility),
    climateLimits: nullable(ClimateLimits),
  },
  strict,
);

export const OrderLine = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Number of the line within its order.' }),
    sku: Sku,
    quantity: Quantity,
    unitPrice: Type.Optional(Type.Number({ minimum: 0 })),
  },
  strict,
);

export const Order = Type.Object(
  {
    id: Id,
    customer: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "The shop's own number of the customer." }),
    ),
    placedAt: Instant,
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    lines: Type.Array(OrderLine, { minItems: 1 }),
  },
  strict,
);

export const ShipmentLine = Type.Object({ orderId: Id, line: LineNumber, quantity: Quantity }, strict);

export const Shipment = Type.Object(
  {
    sscc: Sscc,
    parent: nullable(Sscc),
    lines: Type.Array(ShipmentLine, {
      description: 'What is in it; empty for a pallet that only carries parcels.',
    }),
  },
  strict,
);

export const LEG_MODES = ['packing', 'storage', 'handling', 'road', 'rail', 'air', 'sea'] as const;

/** One stretch of a shipment's way in the hands of one custodian, over [startsAt, endsAt). */
export const Leg = Type.Object(
  {
    id: Id,
    shipment: Sscc,
    mode: Type.Enum([...LEG_MODES]),
    custodian: Type.String({
      pattern: ID_PATTERN,
      description: 'A carrier, or the site whose staff handled it.',
    }),
    from: Id,
    to: Id,
    startsAt: Instant,
    endsAt: Instant,
  },
  strict,
);

/** A custody event between two legs, with what the taker noted. */
export const HandOff = Type.Object(
  {
    id: Id,
    shipment: Sscc,
    giver: Id,
    taker: Id,
    site: Id,
    at: Instant,
    exception: nullable(
      Type.String({
        maxLength: 1000,
        description: 'Apparent damage noted at the hand-off; null for a clear receipt.',
      }),
    ),
  },
  strict,
);

export const Device = Type.Object({ id: Id, name: Name }, strict);

/** A device travels with a shipment, or watches a zone of a site, over [startsAt, endsAt); an open end is null. */
export const Assignment = Type.Object(
  {
    id: Id,
    device: Id,
    shipment: nullable(Sscc),
    site: nullable(Id),
    zone: nullable(Type.String({ minLength: 1, maxLength: 64 })),
    startsAt: Instant,
    endsAt: OpenInstant,
  },
  { ...strict, description: 'Exactly one of shipment and site is given; a zone only with a site.' },
);

/** Kinds of damage; which hazard can cause which stands in the correlation. */
export const DAMAGE_KINDS = [
  'shattered',
  'cracked',
  'dented',
  'deformed',
  'leaking',
  'scratched',
  'wet',
  'swollen',
  'mouldy',
  'melted',
  'spoiled',
  'frozen',
  'malfunction',
  'unknown',
] as const;

export const SEVERITIES = ['cosmetic', 'impaired', 'total', 'unknown'] as const;

export const Return = Type.Object(
  {
    id: Id,
    orderId: Id,
    line: LineNumber,
    shipment: Type.Optional(nullable(Sscc)),
    damageKind: Type.Enum([...DAMAGE_KINDS]),
    severity: Type.Enum([...SEVERITIES]),
    discoveredAt: Instant,
    note: Type.Optional(Type.String({ maxLength: 4000 })),
    amount: Type.Optional(
      Type.Number({ minimum: 0, description: "Value claimed, in the order's currency." }),
    ),
  },
  strict,
);

export type Site = Static<typeof Site>;
export type Carrier = Static<typeof Carrier>;
export type Fragility = Static<typeof Fragility>;
export type ClimateLimits = Static<typeof ClimateLimits>;
export type Product = Static<typeof Product>;
export type OrderLine = Static<typeof OrderLine>;
export type Order = Static<typeof Order>;
export type Shipment = Static<typeof Shipment>;
export type Leg = Static<typeof Leg>;
export type LegMode = (typeof LEG_MODES)[number];
export type HandOff = Static<typeof HandOff>;
export type Device = Static<typeof Device>;
export type Assignment = Static<typeof Assignment>;
export type Return = Static<typeof Return>;
export type DamageKind = (typeof DAMAGE_KINDS)[number];
export type Severity = (typeof SEVERITIES)[number];
