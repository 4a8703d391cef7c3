import { freeFallHeightM, type ShockBody } from '@jostle/contracts';
import type { CaseLeg, ReturnCase } from './return-case.ts';

/** Support of tests: a way of 40 minutes over a hub, wholly watched by one device. */
export const EXAMPLE_START = Date.UTC(2026, 2, 1, 9, 30);
const MINUTE = 60_000;

/** Ms since the epoch, `minutes` into the example. */
export function exampleAt(minutes: number): number {
  return EXAMPLE_START + minutes * MINUTE;
}

function leg(
  id: string,
  mode: CaseLeg['mode'],
  from: string,
  to: string,
  minutes: [number, number],
): CaseLeg {
  const [custodian, custodianName] =
    mode === 'packing' ? ['WAREHOUSE', 'Warehouse Kiel'] : ['SWIFT', 'Swift Parcel'];
  const [start, end] = minutes;
  return { id, mode, custodian, custodianName, from, to, startsAt: exampleAt(start), endsAt: exampleAt(end) };
}

/** A drop from 0.8 m at minute 22, at the hub; `change` makes it another event. */
export function exampleDrop(change: Partial<ShockBody> = {}, id = 'PI-1:e:7', device = 'PI-1') {
  const body: Omit<ShockBody, 'waveform'> = {
    sensor: 'adxl375-53',
    impactAt: exampleAt(22),
    peakG: { x: 10, y: 4, z: 111, resultant: 112 },
    durationMs: 9,
    velocityChangeMps: 5,
    impactClass: 'drop',
    freeFallMs: 404,
    dropHeightM: freeFallHeightM(0.404),
    equivalentDropHeightM: { low: 0.32, high: 1.27 },
    clipped: { x: false, y: false, z: false },
    rateHz: 800,
    isBandwidthLimited: false,
    fairing: { filter: 'none', cornerHz: 0 },
    ...change,
  };
  return { id, device, body };
}

/** The case of a parcel that came back shattered after a drop at the hub; `change` makes it another one. */
export function exampleCase(change: Partial<ReturnCase> = {}): ReturnCase {
  return {
    returnId: 'RET-1',
    damageKind: 'shattered',
    severity: 'total',
    product: {
      sku: 'VASE',
      name: 'Glass vase',
      fragility: { criticalAccelerationG: 60, criticalVelocityChangeMps: 2.5 },
      climateLimits: null,
    },
    shipment: '106141412345678908',
    possibleShipments: [],
    legs: [
      leg('LEG-1', 'packing', 'Warehouse Kiel', 'Warehouse Kiel', [0, 8]),
      leg('LEG-2', 'road', 'Warehouse Kiel', 'Hub Hamburg', [8, 18]),
      leg('LEG-3', 'handling', 'Hub Hamburg', 'Hub Hamburg', [18, 26]),
      leg('LEG-4', 'road', 'Hub Hamburg', 'Customer Bremen', [26, 40]),
    ],
    windows: [{ device: 'PI-1', startsAt: exampleAt(-5), endsAt: exampleAt(60) }],
    shocks: [exampleDrop()],
    excursions: [],
    coverage: Array.from({ length: 50 }, (_, i) => ({
      device: 'PI-1',
      startsAt: exampleAt(i - 5),
      endsAt: exampleAt(i - 4),
      samples: 48_000,
      lostSamples: 0,
    })),
    undatedCoverageMs: 0,
    ...change,
  };
}
