import type { Order } from '@jostle/contracts';
import type { EntryGroups, Group } from './entry-groups.ts';
import { refuseGroup } from './entry-groups.ts';
import type { OrderRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';

/** An entry with the rows that it came from. */
export interface Planned<T, R> {
  entry: T;
  group: Group<R>;
}

/** Orders from their rows; what contradicts itself is refused. */
export function planOrders(groups: EntryGroups<OrderRow>, record: ImportRecord): Planned<Order, OrderRow>[] {
  const planned: Planned<Order, OrderRow>[] = [];
  for (const group of groups.good(record)) {
    const contradiction = contradictionIn(group);
    if (contradiction === undefined) planned.push({ entry: orderOf(group), group });
    else {
      record.refuse(contradiction.line, 'IMPORT_VALUE_INVALID', contradiction.message);
      refuseGroup(group, [contradiction.line], record);
    }
  }
  return planned;
}

function orderOf({ id, rows }: Group<OrderRow>): Order {
  const all = rows.map(({ row }) => row);
  const customer = all.find((row) => row.customer !== undefined)?.customer;
  const currency = all.find((row) => row.currency !== undefined)?.currency;
  return {
    id,
    ...(customer === undefined ? {} : { customer }),
    // Tills stamp each line; the order was placed with its first.
    placedAt: all.map((row) => row.placedAt).reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a)),
    ...(currency === undefined ? {} : { currency }),
    lines: all.map(({ line, sku, quantity, unitPrice }, i) => ({
      id: line ?? i + 1,
      sku,
      quantity,
      ...(unitPrice === undefined ? {} : { unitPrice }),
    })),
  };
}

function contradictionIn({ id, rows }: Group<OrderRow>): { line: number; message: string } | undefined {
  // Keyed by number of the line within the order; the value is the line of the file.
  const taken = new Map<number, number>();
  for (const [i, { line, row }] of rows.entries()) {
    const number = row.line ?? i + 1;
    const other = taken.get(number);
    if (other !== undefined)
      return { line, message: `Line ${other} of the file is line ${number} of order ${id} too` };
    taken.set(number, line);
    for (const field of ['customer', 'currency'] as const) {
      const first = rows.find((r) => r.row[field] !== undefined);
      if (row[field] !== undefined && first !== undefined && row[field] !== first.row[field])
        return {
          line,
          message: `Order ${id} has the ${field} "${first.row[field]}" in line ${first.line}, "${row[field]}" here`,
        };
    }
  }
  return undefined;
}
