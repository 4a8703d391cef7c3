import { JostleError, type Order, type Return, type Shipment } from '@jostle/contracts';
import { type EntryKind, optional, orderLineReference, reference } from './entry-kind.ts';
import { toInstant, toMs } from './instants.ts';
import { checkSscc } from './sscc.ts';

export const orderKind: EntryKind<Order> = {
  name: 'order',
  table: 'customer_order',
  key: 'id',
  toRow: ({ id, customer, placedAt, currency }) => ({
    id,
    customer: customer ?? null,
    placed_at: toMs(placedAt),
    currency: currency ?? null,
  }),
  lines: {
    table: 'order_line',
    owner: 'order_id',
    order: ['line'],
    toRows: (order) =>
      order.lines.map(({ id, sku, quantity, unitPrice }) => ({
        order_id: order.id,
        line: id,
        sku,
        quantity,
        unit_price: unitPrice ?? null,
      })),
  },
  fromRow: (row, lines) =>
    ({
      id: row['id'],
      ...optional('customer', row['customer']),
      placedAt: toInstant(Number(row['placed_at'])),
      ...optional('currency', row['currency']),
      lines: lines.map((line) => ({
        id: line['line'],
        sku: line['sku'],
        quantity: line['quantity'],
        ...optional('unitPrice', line['unit_price']),
      })),
    }) as Order,
  references: (order) =>
    order.lines.map((l, i) => reference(`/lines/${i}/sku`, 'product', 'product', 'sku', l.sku)),
  check: (order) => refuseRepeats(order.lines.map((line) => `line ${line.id}`)),
};

export const shipmentKind: EntryKind<Shipment> = {
  name: 'shipment',
  table: 'shipment',
  key: 'sscc',
  toRow: ({ sscc, parent }) => ({ sscc, parent }),
  lines: {
    table: 'shipment_line',
    owner: 'shipment',
    order: ['order_id', 'line'],
    toRows: ({ sscc, lines }) =>
      lines.map(({ orderId, line, quantity }) => ({ shipment: sscc, order_id: orderId, line, quantity })),
  },
  fromRow: (row, lines) =>
    ({
      sscc: row['sscc'],
      parent: row['parent'],
      lines: lines.map((l) => ({ orderId: l['order_id'], line: l['line'], quantity: l['quantity'] })),
    }) as Shipment,
  references: ({ parent, lines }) => [
    ...(parent === null ? [] : [reference('/parent', 'shipment', 'shipment', 'sscc', parent)]),
    ...lines.map((l, i) => orderLineReference(`/lines/${i}`, l.orderId, l.line)),
  ],
  check: ({ sscc, parent, lines }) => {
    checkSscc(sscc);
    // A parent has to exist before its child and is never changed, so that a longer circle cannot come about.
    if (parent === sscc)
      throw new JostleError(
        'LEDGER_PARENT_INVALID',
        `Shipment ${sscc} cannot be its own parent; name the pallet that carries it`,
      );
    refuseRepeats(lines.map((line) => `line ${line.line} of order ${line.orderId}`));
  },
};

export const returnKind: EntryKind<Return> = {
  name: 'return',
  table: 'return_claim',
  key: 'id',
  toRow: (claim) => ({
    id: claim.id,
    order_id: claim.orderId,
    line: claim.line,
    shipment: claim.shipment ?? null,
    damage_kind: claim.damageKind,
    severity: claim.severity,
    discovered_at: toMs(claim.discoveredAt),
    note: claim.note ?? null,
    amount: claim.amount ?? null,
  }),
  fromRow: (row) =>
    ({
      id: row['id'],
      orderId: row['order_id'],
      line: row['line'],
      shipment: row['shipment'],
      damageKind: row['damage_kind'],
      severity: row['severity'],
      discoveredAt: toInstant(Number(row['discovered_at'])),
      ...optional('note', row['note']),
      ...optional('amount', row['amount']),
    }) as Return,
  references: ({ orderId, line, shipment }) => [
    orderLineReference('/line', orderId, line),
    ...(shipment ? [reference('/shipment', 'shipment', 'shipment', 'sscc', shipment)] : []),
  ],
};

function refuseRepeats(names: readonly string[]): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined)
    throw new JostleError('REST_REQUEST_INVALID', `${repeated} is given twice`, {
      problems: [{ code: 'REST_REQUEST_INVALID', at: '/lines', message: `${repeated} is given twice` }],
    });
}
