import { ssccFrom } from '@jostle/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { readEntry } from '../ledger/entries-read.ts';
import { insertEntry } from '../ledger/entries-write.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { orderKind, returnKind, shipmentKind } from '../ledger/order-kinds.ts';
import { productKind } from '../ledger/place-kinds.ts';
import type { Store } from '../store/store.ts';
import { onEachStore } from '../testing/stores.ts';
import { importText } from './import-fixture.ts';

const [PALLET, BOX, PARCEL] = [1, 2, 3].map((n) => ssccFrom(`3001234500000000${n}`)) as [
  string,
  string,
  string,
];
const ORDERS = `order,placedAt,sku,quantity,customer,unitPrice
O-1,2026-03-01T09:00:00Z,MUG,2,17850,4.25
O-1,2026-03-01T09:00:00Z,VASE,1,17850,
O-2,2026-03-01T10:00:00Z,MUG,1,12345,4.25
`;

onEachStore('an import', (open) => {
  let store: Store;
  const db = () => asAnyDatabase(store.db);
  beforeEach(async () => {
    store = await open();
    for (const sku of ['MUG', 'VASE'])
      await insertEntry(db(), productKind, { sku, name: sku, fragility: null, climateLimits: null });
  });

  it('takes columns by the names of the fields', async () => {
    const report = await importText(store, 'orders', ORDERS);
    expect(report).toMatchObject({
      state: 'done',
      rows: 3,
      importedRows: 3,
      created: { orders: 2 },
      problems: [],
    });
    expect(await readEntry(db(), orderKind, 'O-1')).toEqual({
      id: 'O-1',
      customer: '17850',
      placedAt: '2026-03-01T09:00:00.000Z',
      lines: [
        { id: 1, sku: 'MUG', quantity: 2, unitPrice: 4.25 },
        { id: 2, sku: 'VASE', quantity: 1 },
      ],
    });
  });

  it('reports every bad cell with line, column and code, and writes nothing', async () => {
    const text = `order,placedAt,sku,quantity
O-1,2026-03-01T09:00:00Z,MUG,0
o 2,yesterday,MUG,1
O-3,2026-03-01T09:00:00Z,GLASS,1
O-4,2026-03-01T09:00:00Z,MUG
O-5,2026-03-01T09:00:00Z,MUG,1
`;
    const report = await importText(store, 'orders', text);
    expect(report).toMatchObject({ state: 'refused', rows: 5, importedRows: 0, refusedRows: 4, created: {} });
    expect(report.problems.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'quantity', 'IMPORT_VALUE_INVALID'],
      [3, 'order', 'IMPORT_VALUE_INVALID'],
      [3, 'placedAt', 'IMPORT_VALUE_INVALID'],
      [4, 'sku', 'LEDGER_SKU_UNKNOWN'],
      [5, null, 'IMPORT_FILE_UNREADABLE'],
    ]);
    expect(await readEntry(db(), orderKind, 'O-5')).toBeUndefined();
  });

  it('writes whole orders only, even where it may be partial', async () => {
    const text = ORDERS.replace(',VASE,1,', ',VASE,none,');
    const report = await importText(store, 'orders', text, { isPartial: true });
    expect(report).toMatchObject({
      state: 'done',
      rows: 3,
      importedRows: 1,
      refusedRows: 2,
      created: { orders: 1 },
    });
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'IMPORT_GROUP_REFUSED'],
      [3, 'IMPORT_VALUE_INVALID'],
    ]);
    expect(await readEntry(db(), orderKind, 'O-1')).toBeUndefined();
    expect(await readEntry(db(), orderKind, 'O-2')).toBeDefined();
  });

  it('refuses an order whose rows contradict each other, and one that is known with other content', async () => {
    await importText(store, 'orders', ORDERS);
    const text = `order,line,placedAt,sku,quantity,customer
O-2,1,2026-03-01T10:00:00Z,MUG,5,12345
O-3,1,2026-03-01T10:00:00Z,MUG,1,12345
O-3,1,2026-03-01T10:00:00Z,VASE,1,12345
O-4,1,2026-03-01T10:00:00Z,MUG,1,12345
O-4,2,2026-03-01T10:00:00Z,MUG,1,54321
`;
    const report = await importText(store, 'orders', text, { isPartial: true });
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'LEDGER_ID_CONFLICT'],
      [3, 'IMPORT_GROUP_REFUSED'],
      [4, 'IMPORT_VALUE_INVALID'],
      [5, 'IMPORT_GROUP_REFUSED'],
      [6, 'IMPORT_VALUE_INVALID'],
    ]);
    expect(await readEntry(db(), orderKind, 'O-2')).toMatchObject({ lines: [{ quantity: 1 }] });
  });

  it('writes shipments with their pallets, wherever these stand in the file', async () => {
    await importText(store, 'orders', ORDERS);
    const text = `sscc,parent,order,line,quantity
${PARCEL},${BOX},O-1,1,2
${PARCEL},${BOX},O-1,2,1
${BOX},${PALLET},,,
${PALLET},,,,
`;
    const report = await importText(store, 'shipments', text);
    expect(report).toMatchObject({ state: 'done', created: { shipments: 3 }, importedRows: 4 });
    expect(await readEntry(db(), shipmentKind, PARCEL)).toMatchObject({
      parent: BOX,
      lines: [
        { orderId: 'O-1', line: 1, quantity: 2 },
        { orderId: 'O-1', line: 2, quantity: 1 },
      ],
    });
  });

  it('refuses shipments with a wrong check digit, in a circle, or of unknown lines', async () => {
    await importText(store, 'orders', ORDERS);
    const wrong = `${PARCEL.slice(0, 17)}${(Number(PARCEL[17]) + 1) % 10}`;
    const text = `sscc,parent,order,line,quantity
${wrong},,,,
${PALLET},${BOX},,,
${BOX},${PALLET},,,
${PARCEL},,O-1,7,1
`;
    const report = await importText(store, 'shipments', text, { isPartial: true });
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'LEDGER_SSCC_INVALID'],
      [3, 'LEDGER_PARENT_INVALID'],
      [4, 'LEDGER_PARENT_INVALID'],
      [5, 'LEDGER_REFERENCE_UNKNOWN'],
    ]);
    expect(report.problems[0]?.message).toContain(`is ${PARCEL[17]}`);
    expect(report).toMatchObject({ importedRows: 0, refusedRows: 4 });
  });

  it('finds what came back by order and line, by order and sku, or by customer and sku', async () => {
    await importText(store, 'orders', ORDERS);
    const text = `id,discoveredAt,order,line,customer,sku,damageKind,note
R-1,2026-03-09T08:00:00Z,O-1,2,,,shattered,"It was
in pieces"
R-2,2026-03-09T08:00:00Z,O-1,,,MUG,,
R-3,2026-03-09T08:00:00Z,,,12345,MUG,dented,
R-4,2026-02-09T08:00:00Z,,,12345,MUG,dented,
R-5,2026-03-09T08:00:00Z,,,,MUG,dented,
R-6,2026-03-09T08:00:00Z,O-1,9,,,exploded,
R-1,2026-03-09T08:00:00Z,O-1,1,,,dented,
`;
    const report = await importText(store, 'returns', text, { isPartial: true });
    expect(report).toMatchObject({ created: { returns: 3 }, rows: 7, importedRows: 3, refusedRows: 4 });
    expect(report.problems.map(({ line, column, code }) => [line, column, code])).toEqual([
      [6, null, 'IMPORT_RETURN_UNMATCHED'],
      [7, null, 'IMPORT_RETURN_UNMATCHED'],
      [8, 'damageKind', 'IMPORT_VALUE_INVALID'],
      [9, null, 'IMPORT_VALUE_INVALID'],
    ]);
    const found = await Promise.all(['R-1', 'R-2', 'R-3'].map((id) => readEntry(db(), returnKind, id)));
    expect(found).toMatchObject([
      { orderId: 'O-1', line: 2, damageKind: 'shattered', note: 'It was\nin pieces' },
      { orderId: 'O-1', line: 1, damageKind: 'unknown' },
      { orderId: 'O-2', line: 1, damageKind: 'dented' },
    ]);
  });

  it('keeps a return at its order line when later orders would fit better', async () => {
    await importText(store, 'orders', ORDERS);
    const returns = 'id,discoveredAt,customer,sku\nR-1,2026-03-09T08:00:00Z,12345,MUG\n';
    await importText(store, 'returns', returns);
    const later = 'order,placedAt,sku,quantity,customer\nO-9,2026-03-05T10:00:00Z,MUG,1,12345\n';
    await importText(store, 'orders', later);
    expect(await importText(store, 'returns', returns)).toMatchObject({ state: 'done', unchanged: 1 });
    expect(await readEntry(db(), returnKind, 'R-1')).toMatchObject({ orderId: 'O-2' });
  });
});

describe('a column mapping', () => {
  const parse = async (mapping: object | string, header = 'a,b') => {
    const { db } = { db: undefined } as unknown as Store;
    return importText({ db } as Store, 'orders', `${header}\n`, { mapping });
  };
  const fields = {
    order: { column: 'a' },
    placedAt: { column: 'b' },
    sku: { column: 'a' },
    quantity: { constant: '1' },
  };

  it.each([
    ['no JSON', '{', /not JSON/],
    ['another section', { returns: { fields: {} } }, /no section "orders"/],
    [
      'a field that there is not',
      { orders: { fields: { ...fields, colour: { column: 'a' } } } },
      /no field "colour"/,
    ],
    ['no required field', { orders: { fields: {} } }, /need the field "sku"/],
    [
      'an unknown time zone',
      { orders: { fields: { ...fields, placedAt: { column: 'b', timeZone: 'Mars' } } } },
      /"Mars"/,
    ],
    [
      'a column that there is not',
      { orders: { fields: { ...fields, sku: { column: 'c' } } } },
      /no column "c"/,
    ],
    ['an unknown key', { orders: { fields }, colour: 1 }, /additional/i],
  ])('with %s is refused', async (_, mapping, message) => {
    await expect(parse(mapping)).rejects.toMatchObject({
      code: 'IMPORT_MAPPING_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [1, 'order,placedAt,"sku,quantity\nO-1,2026-03-01T09:00:00Z,MUG",1\n'],
    [1, 'order,placedAt,"sku"x,quantity\n'],
    [3, 'order,placedAt,sku,quantity\nO-1,,,\nO-1,2026-03-01T09:00:00Z,"MUG"x,1\n'],
  ])('is not blamed for quoting that is broken on line %i', async (line, text) => {
    await expect(importText({} as Store, 'orders', text)).rejects.toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
      problems: [{ line }],
    });
  });

  it('without which a required column is missing is refused', async () => {
    await expect(importText({} as Store, 'orders', 'order,sku\n')).rejects.toMatchObject({
      code: 'IMPORT_MAPPING_INVALID',
      message: expect.stringContaining('need the field "placedAt"'),
    });
  });
});
