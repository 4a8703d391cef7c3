import assert from 'node:assert/strict';
import { ask } from './ask.ts';
import type { TypedApp } from './typed-app.ts';

export const PALLET = '106141412345678908';
export const PARCEL = '106141412345678915';
/** Entries in an order in which each finds what it refers to. */
export const STORY: [path: string, entry: Record<string, unknown>][] = [
  ['sites', { id: 'DEPOT', name: 'Depot', kind: 'warehouse' }],
  ['sites', { id: 'HUB', name: 'Leipzig hub', kind: 'hub' }],
  ['carriers', { id: 'SWIFT', name: 'Swift Freight' }],
  ['products', { sku: 'MUG/blue 1', name: 'Mug', fragility: null, climateLimits: null }],
  [
    'orders',
    { id: 'O-1', placedAt: '2026-03-01T09:00:00Z', lines: [{ id: 1, sku: 'MUG/blue 1', quantity: 1 }] },
  ],
  ['shipments', { sscc: PALLET, parent: null, lines: [] }],
  ['shipments', { sscc: PARCEL, parent: PALLET, lines: [{ orderId: 'O-1', line: 1, quantity: 1 }] }],
  ['devices', { id: 'DEV-1', name: 'Logger 1' }],
  [
    'legs',
    {
      id: 'L-2',
      shipment: PARCEL,
      mode: 'handling',
      custodian: 'HUB',
      from: 'HUB',
      to: 'HUB',
      startsAt: '2026-03-01T10:30:00Z',
      endsAt: '2026-03-01T11:00:00Z',
    },
  ],
  [
    'legs',
    {
      id: 'L-3',
      shipment: PARCEL,
      mode: 'road',
      custodian: 'SWIFT',
      from: 'DEPOT',
      to: 'HUB',
      startsAt: '2026-03-01T10:00:00Z',
      endsAt: '2026-03-01T10:30:00Z',
    },
  ],
  [
    'hand-offs',
    {
      id: 'H-1',
      shipment: PARCEL,
      giver: 'SWIFT',
      taker: 'HUB',
      site: 'HUB',
      at: '2026-03-01T10:30:00Z',
      exception: null,
    },
  ],
  [
    'assignments',
    {
      id: 'A-1',
      device: 'DEV-1',
      shipment: PALLET,
      site: null,
      zone: null,
      startsAt: '2026-03-01T10:00:00Z',
      endsAt: null,
    },
  ],
  [
    'returns',
    {
      id: 'R-1',
      orderId: 'O-1',
      line: 1,
      damageKind: 'shattered',
      severity: 'total',
      discoveredAt: '2026-03-02T08:00:00Z',
    },
  ],
];

/** Enters the story through the API. */
export async function enterStory(app: TypedApp): Promise<void> {
  for (const [path, payload] of STORY) {
    const { statusCode, body } = await ask(app, { method: 'POST', url: `/api/v1/${path}`, payload });
    assert.equal(statusCode, 201, `${path}: ${body}`);
  }
}
