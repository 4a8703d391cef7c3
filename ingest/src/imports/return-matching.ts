import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import type { ReturnRow } from './import-fields.ts';

/** The order line that a return belongs to. */
export interface MatchedLine {
  orderId: string;
  line: number;
}

interface SoldLine extends MatchedLine {
  sku: string;
  customer: string | null;
  placedAt: number;
}

/**
 * Finds what was sent for each return: the line of the order that the row names; else the line of that order with
 * the sku; else the customer's latest line with the sku that was ordered before the damage was discovered.
 *
 * @returns for each row its line, or undefined where nothing fits
 */
export async function matchReturns(
  trx: Kysely<Database>,
  rows: readonly ReturnRow[],
): Promise<(MatchedLine | undefined)[]> {
  const sold = await candidates(trx, rows);
  return rows.map((row) => {
    const fitting = sold.filter((line) => fits(row, line));
    const { orderId, line } = fitting.sort(latestFirst)[0] ?? {};
    return orderId === undefined || line === undefined ? undefined : { orderId, line };
  });
}

function fits(row: ReturnRow, sold: SoldLine): boolean {
  if (row.order === undefined)
    return (
      row.customer !== undefined &&
      row.customer === sold.customer &&
      row.sku === sold.sku &&
      sold.placedAt <= Date.parse(row.discoveredAt)
    );
  if (row.order !== sold.orderId) return false;
  return row.line === undefined ? row.sku === sold.sku : row.line === sold.line;
}

function latestFirst(a: SoldLine, b: SoldLine): number {
  return (
    b.placedAt - a.placedAt || (a.orderId < b.orderId ? 1 : a.orderId > b.orderId ? -1 : a.line - b.line)
  );
}

async function candidates(trx: Kysely<Database>, rows: readonly ReturnRow[]): Promise<SoldLine[]> {
  const given = (pick: (row: ReturnRow) => string | undefined) => [
    ...new Set(rows.flatMap((row) => pick(row) ?? [])),
  ];
  const orders = given((row) => row.order);
  const customers = given((row) => (row.order === undefined ? row.customer : undefined));
  const skus = given((row) => row.sku);
  if (orders.length === 0 && (customers.length === 0 || skus.length === 0)) return [];
  return trx
    .selectFrom('order_line as sold')
    .innerJoin('customer_order as placed', 'placed.id', 'sold.order_id')
    .select([
      'placed.id as orderId',
      'placed.customer as customer',
      'placed.placed_at as placedAt',
      'sold.line as line',
      'sold.sku as sku',
    ])
    .where((where) =>
      where.or([
        ...(orders.length > 0 ? [where('placed.id', 'in', orders)] : []),
        ...(customers.length > 0 && skus.length > 0
          ? [where.and([where('placed.customer', 'in', customers), where('sold.sku', 'in', skus)])]
          : []),
      ]),
    )
    .execute();
}
