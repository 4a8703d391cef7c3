import { beforeEach, expect, it } from 'vitest';
import { readEntry } from '../ledger/entries-read.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { orderKind, returnKind } from '../ledger/order-kinds.ts';
import type { Store } from '../store/store.ts';
import { onEachStore } from '../testing/stores.ts';
import { importText, retailDay, retailMapping } from './import-fixture.ts';

/** Lines of the file that match; no cell of this file holds a line break. */
const countLines = (pattern: RegExp) =>
  retailDay()
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => pattern.test(line)).length;

const CHARGE = /^C?\d{6},(POST|DOT|M|D|C2),/;
const WRITE_OFF = /^\d{6},\d{5}[A-Z]*,[^,]*,-/;
const WITHOUT_PRICE = /^\d{6},\d{5}[A-Z]*,[^,]*,\d+,[^,]*,0\.0,/;
const RETURN = /^C\d{6},(?!(POST|DOT|M|D|C2),)/;
const ROW = /^C?\d{6},/;

onEachStore('a day of a real shop', (open) => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  const importDay = (isPartial: boolean) =>
    importText(store, 'orders', retailDay(), { mapping: retailMapping(), isPartial });

  it('becomes orders and returns, and every row is accounted for', async () => {
    const report = await importDay(true);
    expect(report).toMatchObject({ state: 'done', rows: countLines(ROW), bytesRead: report.bytes });
    expect(
      Object.fromEntries(report.exclusions.map(({ because, rows }) => [because.split(' ')[0], rows])),
    ).toEqual({
      'Postage,': countLines(CHARGE),
      A: countLines(WRITE_OFF),
      Goods: countLines(WITHOUT_PRICE),
    });
    // Of the day's 25 returns of goods one is of something that was sold on the same day.
    expect(countLines(RETURN)).toBe(25);
    expect(report.refusedRows).toBe(24);
    expect(report.problems.map(({ code }) => code)).toEqual(Array(24).fill('IMPORT_RETURN_UNMATCHED'));
    expect(report.importedRows + report.excludedRows + report.refusedRows).toBe(report.rows);
    expect(report.created).toEqual({ products: 1336, orders: 127, returns: 1 });
    const { count } = await store.db
      .selectFrom('order_line')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(report.importedRows - 1);
  });

  it('puts the return to the order line that was sold minutes before', async () => {
    await importDay(true);
    const claim = await readEntry(asAnyDatabase(store.db), returnKind, 'C536506-1');
    expect(claim).toMatchObject({
      orderId: '536488',
      discoveredAt: '2010-12-01T12:38:00.000Z',
      damageKind: 'unknown',
      amount: 25.5,
    });
    const order = await readEntry(asAnyDatabase(store.db), orderKind, '536488');
    expect(order).toMatchObject({ customer: '17897', currency: 'GBP', placedAt: '2010-12-01T12:31:00.000Z' });
    expect(order?.lines.find((line) => line.id === claim?.line)).toMatchObject({ sku: '22960', quantity: 8 });
  });

  it('names line, customer and sku of a return that fits nothing', async () => {
    const { problems } = await importDay(true);
    const line =
      retailDay()
        .toString('utf8')
        .split(/\r?\n/)
        .findIndex((text) => text.startsWith('C536383,35004C,')) + 1;
    expect(problems).toContainEqual({
      line,
      column: null,
      code: 'IMPORT_RETURN_UNMATCHED',
      message: 'Customer "15311" has no order line with the sku "35004C" up to 2010-12-01T09:49:00.000Z',
    });
  });

  it('changes nothing the second time', async () => {
    const first = await importDay(true);
    const second = await importDay(true);
    expect(second.created).toEqual({ products: 0, orders: 0, returns: 0 });
    expect(second).toMatchObject({ unchanged: 128, importedRows: first.importedRows, refusedRows: 24 });
    expect(second.problems).toEqual(first.problems);
  });

  it('writes nothing at all of it unless it may be partial', async () => {
    const report = await importDay(false);
    expect(report).toMatchObject({ state: 'refused', created: {}, importedRows: 0, refusedRows: 24 });
    for (const table of ['product', 'customer_order', 'order_line', 'return_claim'] as const)
      expect(await store.db.selectFrom(table).selectAll().execute(), table).toEqual([]);
  });
});
