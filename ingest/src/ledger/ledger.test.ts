import type { Assignment, Leg, Order, Shipment } from '@jostle/contracts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { onEachStore } from '../testing/stores.ts';
import { listEntries, readEntry } from './entries-read.ts';
import { insertEntry, setEnd } from './entries-write.ts';
import { type AnyDatabase, asAnyDatabase } from './entry-kind.ts';
import { toInstant } from './instants.ts';
import { assignmentKind, handOffKind, legKind } from './journey-kinds.ts';
import { orderKind, returnKind, shipmentKind } from './order-kinds.ts';
import { carrierKind, deviceKind, productKind, siteKind } from './place-kinds.ts';

// GS1's own example of an SSCC, and the next two numbers of the same company.
const PALLET = '106141412345678908';
const PARCEL = '106141412345678915';
const OTHER_PARCEL = '106141412345678922';
const ORDER: Order = {
  id: 'O-1',
  customer: '17850',
  placedAt: '2026-03-01T09:00:00.000Z',
  currency: 'GBP',
  lines: [
    { id: 1, sku: 'MUG', quantity: 2, unitPrice: 4.25 },
    { id: 2, sku: 'MUG', quantity: 1 },
  ],
};

const at = (minute: number) => toInstant(Date.UTC(2026, 2, 1, 10, minute));
const leg = (id: string, from: number, to: number, shipment = PARCEL): Leg => ({
  id,
  shipment,
  mode: 'road',
  custodian: 'SWIFT',
  from: 'DEPOT',
  to: 'HUB',
  startsAt: at(from),
  endsAt: at(to),
});
const assignment = (id: string, from: number, to: number | null): Assignment => ({
  id,
  device: 'DEV-1',
  shipment: PARCEL,
  site: null,
  zone: null,
  startsAt: at(from),
  endsAt: to === null ? null : at(to),
});

async function seed(db: AnyDatabase): Promise<void> {
  await insertEntry(db, siteKind, { id: 'DEPOT', name: 'Depot', kind: 'warehouse' });
  await insertEntry(db, siteKind, { id: 'HUB', name: 'Hub', kind: 'hub' });
  await insertEntry(db, carrierKind, { id: 'SWIFT', name: 'Swift Freight' });
  await insertEntry(db, deviceKind, { id: 'DEV-1', name: 'Logger 1' });
  await insertEntry(db, productKind, { sku: 'MUG', name: 'Mug', fragility: null, climateLimits: null });
  await insertEntry(db, orderKind, ORDER);
  await insertEntry(db, shipmentKind, { sscc: PALLET, parent: null, lines: [] });
  await insertEntry(db, shipmentKind, {
    sscc: PARCEL,
    parent: PALLET,
    lines: [{ orderId: 'O-1', line: 1, quantity: 2 }],
  });
}

onEachStore('the ledger', (open) => {
  let store: Store;
  let db: AnyDatabase;
  beforeEach(async () => {
    store = await open();
    db = asAnyDatabase(store.db);
    await seed(db);
  });

  it('gives back what was entered', async () => {
    const product = {
      sku: 'VASE',
      name: 'Vase',
      fragility: { criticalAccelerationG: 60, criticalVelocityChangeMps: 2.5 },
      climateLimits: { minTemperatureC: 5, maxTemperatureC: null, minHumidityPct: null, maxHumidityPct: 80 },
    };
    await insertEntry(db, productKind, product);
    await insertEntry(db, legKind, leg('L-1', 0, 10));
    const handOff = {
      id: 'H-1',
      shipment: PARCEL,
      giver: 'DEPOT',
      taker: 'SWIFT',
      site: 'DEPOT',
      at: at(0),
      exception: null,
    };
    await insertEntry(db, handOffKind, handOff);
    expect(await readEntry(db, productKind, 'VASE')).toEqual(product);
    expect(await readEntry(db, orderKind, 'O-1')).toEqual(ORDER);
    expect(await readEntry(db, legKind, 'L-1')).toEqual(leg('L-1', 0, 10));
    expect(await readEntry(db, handOffKind, 'H-1')).toEqual(handOff);
  });

  it('accepts the same content again, whatever the order of its lines and the zone of its times', async () => {
    const same: Order = {
      ...ORDER,
      placedAt: '2026-03-01T10:00:00+01:00',
      lines: ORDER.lines.toReversed(),
    };
    expect(await insertEntry(db, orderKind, same)).toBe('unchanged');
    await insertEntry(db, assignmentKind, assignment('A-1', 0, 10));
    expect(await insertEntry(db, assignmentKind, assignment('A-1', 0, 10))).toBe('unchanged');
  });

  it('refuses other content under a known id', async () => {
    const [first] = ORDER.lines;
    const other: Order = { ...ORDER, lines: first === undefined ? [] : [first] };
    await expect(insertEntry(db, orderKind, other)).rejects.toMatchObject({ code: 'LEDGER_ID_CONFLICT' });
    expect(await readEntry(db, orderKind, 'O-1')).toEqual(ORDER);
  });

  it('names everything that an entry refers to in vain, and writes nothing of it', async () => {
    const order: Order = { ...ORDER, id: 'O-2', lines: [{ id: 1, sku: 'NOPE', quantity: 1 }] };
    await expect(insertEntry(db, orderKind, order)).rejects.toMatchObject({
      code: 'LEDGER_SKU_UNKNOWN',
      problems: [{ at: '/lines/0/sku', message: 'There is no product "NOPE"' }],
    });
    expect(await readEntry(db, orderKind, 'O-2')).toBeUndefined();
    const lost = { ...leg('L-1', 0, 10), custodian: 'GHOST', to: 'NOWHERE' };
    await expect(insertEntry(db, legKind, lost)).rejects.toMatchObject({
      code: 'LEDGER_REFERENCE_UNKNOWN',
      problems: [{ at: '/custodian' }, { at: '/to' }],
    });
    const claim = {
      id: 'R-1',
      orderId: 'O-1',
      line: 7,
      damageKind: 'dented',
      severity: 'total',
      discoveredAt: at(0),
    } as const;
    await expect(insertEntry(db, returnKind, claim)).rejects.toMatchObject({
      message: 'There is no line 7 of order "O-1"; create it first',
    });
  });

  it('names the check digit that an SSCC should have', async () => {
    const shipment: Shipment = { sscc: '106141412345678900', parent: null, lines: [] };
    await expect(insertEntry(db, shipmentKind, shipment)).rejects.toMatchObject({
      code: 'LEDGER_SSCC_INVALID',
      message: expect.stringContaining('ends in 0, but the check digit of its first 17 digits is 8'),
    });
  });

  it('refuses a shipment as its own parent', async () => {
    const shipment: Shipment = { sscc: OTHER_PARCEL, parent: OTHER_PARCEL, lines: [] };
    await expect(insertEntry(db, shipmentKind, shipment)).rejects.toMatchObject({
      code: 'LEDGER_PARENT_INVALID',
    });
  });

  it('refuses a second custodian at the same time and names the clash', async () => {
    await insertEntry(db, legKind, leg('L-1', 0, 10));
    await expect(insertEntry(db, legKind, leg('L-2', 9, 20))).rejects.toMatchObject({
      code: 'LEDGER_LEG_OVERLAP',
      message: expect.stringContaining('leg "L-1" over [2026-03-01T10:00:00.000Z, 2026-03-01T10:10:00.000Z)'),
    });
    expect(await insertEntry(db, legKind, leg('L-3', 10, 20))).toBe('created');
    expect(await insertEntry(db, legKind, leg('L-4', 5, 15, PALLET))).toBe('created');
  });

  it('refuses to move the end of a leg into the next one', async () => {
    await insertEntry(db, legKind, leg('L-1', 0, 10));
    await insertEntry(db, legKind, leg('L-2', 10, 20));
    await expect(setEnd(db, legKind, 'L-1', Date.parse(at(11)))).rejects.toMatchObject({
      code: 'LEDGER_LEG_OVERLAP',
    });
    await expect(setEnd(db, legKind, 'L-1', Date.parse(at(0)))).rejects.toMatchObject({
      code: 'LEDGER_RANGE_INVALID',
    });
    expect(await setEnd(db, legKind, 'L-1', Date.parse(at(9)))).toBe(true);
    expect(await setEnd(db, legKind, 'L-9', Date.parse(at(9)))).toBe(false);
  });

  it('lets a device be in one place only, for ever where the end is open', async () => {
    await insertEntry(db, assignmentKind, assignment('A-1', 0, null));
    await expect(insertEntry(db, assignmentKind, assignment('A-2', 50, 55))).rejects.toMatchObject({
      code: 'LEDGER_ASSIGNMENT_OVERLAP',
      message: expect.stringContaining('assignment "A-1" over [2026-03-01T10:00:00.000Z, open)'),
    });
    await setEnd(db, assignmentKind, 'A-1', Date.parse(at(50)));
    expect(await insertEntry(db, assignmentKind, assignment('A-2', 50, 55))).toBe('created');
    await expect(setEnd(db, assignmentKind, 'A-1', null)).rejects.toMatchObject({
      code: 'LEDGER_ASSIGNMENT_OVERLAP',
    });
  });

  it('keeps one of two clashing assignments that are written at the same instant', async () => {
    const results = await Promise.allSettled(
      ['A-1', 'A-2', 'A-3', 'A-4'].map((id) => insertEntry(db, assignmentKind, assignment(id, 0, 10))),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'LEDGER_ASSIGNMENT_OVERLAP' });
  });

  it('refuses bad ranges in the database itself, even where no code of ours looks', async () => {
    const insert = (from: number, to: number, id = 'L-1') =>
      sql`insert into leg values (${id}, ${PARCEL}, 'road', 'SWIFT', 'DEPOT', 'HUB', ${from}, ${to})`.execute(
        store.db,
      );
    await expect(insert(10, 10)).rejects.toThrow(/leg_range/);
    await insert(10, 20);
    await expect(insert(19, 21, 'L-2')).rejects.toThrow(/ledger_leg_overlap/i);
    await expect(
      sql`insert into shipment_line values (${PARCEL}, 'NOPE', 1, 1)`.execute(store.db),
    ).rejects.toThrow(/foreign key/i);
  });

  it('allows exactly the ranges that share no instant', async () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 15 }));
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 8 }), async (ranges) => {
        await store.db.deleteFrom('leg').execute();
        const kept: [number, number][] = [];
        for (const [i, [from, length]] of ranges.entries()) {
          const to = from + length;
          const isFree = kept.every(([a, b]) => to <= a || from >= b);
          const outcome = await insertEntry(db, legKind, leg(`L-${i}`, from, to)).catch(() => 'refused');
          expect(outcome).toBe(isFree ? 'created' : 'refused');
          if (isFree) kept.push([from, to]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('lists page by page in the order of ids', async () => {
    for (let i = 0; i < 5; i++) await insertEntry(db, deviceKind, { id: `X-${i}`, name: 'Logger' });
    const first = await listEntries(db, deviceKind, { limit: 4 });
    expect(first.items.map((device) => device.id)).toEqual(['DEV-1', 'X-0', 'X-1', 'X-2']);
    const second = await listEntries(db, deviceKind, { after: first.next ?? '', limit: 4 });
    expect(second).toEqual({
      items: [expect.objectContaining({ id: 'X-3' }), expect.objectContaining({ id: 'X-4' })],
      next: null,
    });
  });
});

describe('what an assignment is to', () => {
  it.each([
    ['neither shipment nor site', { shipment: null }],
    ['both', { site: 'HUB' }],
    ['a zone without a site', { zone: 'Dock 4' }],
    ['an end before the start', { endsAt: at(-1) }],
  ])('refuses %s', (_, change) => {
    expect(() => assignmentKind.check?.({ ...assignment('A-1', 0, null), ...change })).toThrow();
  });
});
