import { isJostleError, type Shipment } from '@jostle/contracts';
import { checkSscc } from '../ledger/sscc.ts';
import { type EntryGroups, type Group, refuseGroup } from './entry-groups.ts';
import type { ShipmentRow } from './import-fields.ts';
import type { ImportRecord } from './import-record.ts';
import type { Planned } from './order-plan.ts';

type PlannedShipment = Planned<Shipment, ShipmentRow>;

/** Shipments from their rows, pallets before what they carry; what contradicts itself is refused. */
export function planShipments(groups: EntryGroups<ShipmentRow>, record: ImportRecord): PlannedShipment[] {
  const planned: PlannedShipment[] = [];
  for (const group of groups.good(record)) {
    const contradiction = contradictionIn(group);
    if (contradiction === undefined) planned.push({ entry: shipmentOf(group), group });
    else {
      record.refuseWith({ column: null, ...contradiction });
      refuseGroup(group, [contradiction.line], record);
    }
  }
  return parentsFirst(planned, record);
}

function shipmentOf({ id, rows }: Group<ShipmentRow>): Shipment {
  return {
    sscc: id,
    parent: rows.find(({ row }) => row.parent !== undefined)?.row.parent ?? null,
    lines: rows.flatMap(({ row: { order, line, quantity } }) =>
      order === undefined || line === undefined || quantity === undefined
        ? []
        : [{ orderId: order, line, quantity }],
    ),
  };
}

function contradictionIn({ id, rows }: Group<ShipmentRow>) {
  const [first] = rows;
  try {
    checkSscc(id);
  } catch (error) {
    if (isJostleError(error) && first !== undefined)
      return { line: first.line, code: error.code, message: error.message };
    throw error;
  }
  const seen = new Set<string>();
  for (const { line, row } of rows) {
    const given = [row.order, row.line, row.quantity].filter((value) => value !== undefined).length;
    if (given === 1 || given === 2)
      return {
        line,
        code: 'IMPORT_VALUE_INVALID',
        message: 'Give order, line and quantity, or none of them',
      };
    const content = `line ${row.line} of order ${row.order}`;
    if (given === 3 && seen.has(content))
      return { line, code: 'IMPORT_VALUE_INVALID', message: `Shipment ${id} has ${content} twice` };
    seen.add(content);
    if (row.parent !== first?.row.parent)
      return {
        line,
        code: 'IMPORT_VALUE_INVALID',
        message: `Shipment ${id} has another parent in line ${first?.line}`,
      };
  }
  return undefined;
}

/** In an order in which every parent comes before its children; circles are refused. */
function parentsFirst(planned: readonly PlannedShipment[], record: ImportRecord): PlannedShipment[] {
  const bySscc = new Map(planned.map((shipment) => [shipment.entry.sscc, shipment]));
  const placed = new Set<string>();
  const sorted: PlannedShipment[] = [];
  for (const shipment of planned) {
    // From the shipment up to the first one that is placed already, or is not in this file.
    const chain: PlannedShipment[] = [];
    let next: PlannedShipment | undefined = shipment;
    while (next !== undefined && !placed.has(next.entry.sscc) && !chain.includes(next)) {
      chain.push(next);
      next = bySscc.get(next.entry.parent ?? '');
    }
    const isCircle = next !== undefined && chain.includes(next);
    for (const link of chain.reverse()) {
      placed.add(link.entry.sscc);
      if (!isCircle) sorted.push(link);
      else
        for (const { line } of link.group.rows)
          record.refuse(
            line,
            'LEDGER_PARENT_INVALID',
            `Shipment ${link.entry.sscc} is carried by one that it carries itself`,
            'parent',
          );
    }
  }
  return sorted;
}
