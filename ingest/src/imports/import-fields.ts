import {
  DAMAGE_KINDS,
  Id,
  type ImportKind,
  Instant,
  Order,
  OrderLine,
  Product,
  Return,
  SEVERITIES,
  ShipmentLine,
  Sku,
  Sscc,
} from '@jostle/contracts';
import Type, { type TSchema } from '@jostle/contracts/typebox';

/** One thing that a row can say. Its column is named like it, unless a mapping names another. */
export interface ImportField {
  schema: TSchema;
  about: string;
  isRequired?: true;
}

/** A row of an import of orders: one line of an order. */
export interface OrderRow {
  order: string;
  placedAt: string;
  sku: string;
  quantity: number;
  line?: number;
  customer?: string;
  currency?: string;
  product?: string;
  unitPrice?: number;
}

/** A row of an import of shipments: one order line in a shipment, or a pallet without any. */
export interface ShipmentRow {
  sscc: string;
  parent?: string;
  order?: string;
  line?: number;
  quantity?: number;
}

/** A row of an import of returns. What was sent is named by order and line, order and sku, or customer and sku. */
export interface ReturnRow {
  id: string;
  discoveredAt: string;
  order?: string;
  line?: number;
  customer?: string;
  sku?: string;
  shipment?: string;
  damageKind?: Return['damageKind'];
  severity?: Return['severity'];
  note?: string;
  amount?: number;
  quantity?: number;
  unitPrice?: number;
}

const { unitPrice } = OrderLine.properties;
const { customer, currency } = Order.properties;
const { note, amount } = Return.properties;
const { line, quantity } = ShipmentLine.properties;

const ORDER_FIELDS = {
  order: { schema: Id, about: 'id of the order; rows with the same one are its lines', isRequired: true },
  placedAt: {
    schema: Instant,
    about: 'when it was placed; of several the earliest counts',
    isRequired: true,
  },
  sku: { schema: Sku, about: 'stock keeping unit of the product', isRequired: true },
  quantity: { schema: quantity, about: 'pieces ordered', isRequired: true },
  line: { schema: line, about: 'number of the line; without it lines are counted within the order' },
  customer: { schema: customer, about: "the shop's number of the customer" },
  currency: { schema: currency, about: 'three letters, such as GBP' },
  product: { schema: Product.properties.name, about: 'name of the product, where products are created' },
  unitPrice: { schema: unitPrice, about: 'price of one piece' },
} as const satisfies Record<keyof OrderRow, ImportField>;

const SHIPMENT_FIELDS = {
  sscc: {
    schema: Sscc,
    about: 'SSCC of the shipment; rows with the same one are its lines',
    isRequired: true,
  },
  parent: { schema: Sscc, about: 'SSCC of the pallet that carries it' },
  order: { schema: Id, about: 'order of which a line is in it; empty for a pallet' },
  line: { schema: line, about: 'number of that line' },
  quantity: { schema: quantity, about: 'pieces of that line in this shipment' },
} as const satisfies Record<keyof ShipmentRow, ImportField>;

const RETURN_FIELDS = {
  id: { schema: Id, about: 'id of the return', isRequired: true },
  discoveredAt: { schema: Instant, about: 'when the damage was discovered', isRequired: true },
  order: { schema: Id, about: 'order that it belongs to' },
  line: { schema: line, about: 'line of that order; or give its sku' },
  customer: {
    schema: customer,
    about: 'without an order: the customer, whose latest earlier line with the sku is taken',
  },
  sku: { schema: Sku, about: 'stock keeping unit of what came back' },
  shipment: { schema: Sscc, about: 'SSCC of the shipment that it came in' },
  damageKind: {
    schema: Type.Enum([...DAMAGE_KINDS]),
    about: `${DAMAGE_KINDS.join(', ')}; unknown where empty`,
  },
  severity: { schema: Type.Enum([...SEVERITIES]), about: `${SEVERITIES.join(', ')}; unknown where empty` },
  note: { schema: note, about: 'what the customer wrote' },
  amount: { schema: amount, about: 'value claimed; without it quantity × unitPrice' },
  quantity: { schema: Type.Integer(), about: 'pieces that came back; a minus sign is ignored' },
  unitPrice: { schema: unitPrice, about: 'price of one piece' },
} as const satisfies Record<keyof ReturnRow, ImportField>;

/** What a row of each kind of import can say. */
export const IMPORT_FIELDS: Readonly<Record<ImportKind, Readonly<Record<string, ImportField>>>> = {
  orders: ORDER_FIELDS,
  shipments: SHIPMENT_FIELDS,
  returns: RETURN_FIELDS,
};
