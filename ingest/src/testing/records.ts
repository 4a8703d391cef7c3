import type { DeviceRecord, RecordBodies, RecordKind } from '@jostle/contracts';

/** 2026-03-01T09:00:00Z */
export const START_MS = Date.UTC(2026, 2, 1, 9);
export const EPOCH = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';
export const OTHER_EPOCH = '9a8b7c6d-1e2f-4a3b-8c4d-5e6f7a8b9c0d';
const BOOT_ID = '0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f';

/** A body of each kind that fits its schema. */
const BODIES: RecordBodies = {
  climate: { sensor: 'sht31d-44', temperatureC: 21.5, relativeHumidityPct: 40, ageMs: 0 },
  shock: {
    sensor: 'adxl375-53',
    impactAt: START_MS,
    peakG: { x: 10, y: 20, z: 90, resultant: 93 },
    durationMs: 6,
    velocityChangeMps: 4.8,
    impactClass: 'drop',
    freeFallMs: 404,
    dropHeightM: 0.8,
    equivalentDropHeightM: { low: 0.3, high: 1.2 },
    clipped: { x: false, y: false, z: false },
    rateHz: 800,
    isBandwidthLimited: false,
    fairing: { filter: 'none', cornerHz: 0 },
  },
  excursion: {
    sensor: 'sht31d-44',
    quantity: 'temperature',
    side: 'above',
    limit: 30,
    startedAt: START_MS,
    endedAt: null,
    extreme: 31,
  },
  coverage: {
    sensor: 'adxl375-53',
    startsAt: START_MS,
    endsAt: START_MS + 60_000,
    samples: 48_000,
    lostSamples: 0,
    peakG: 1.1,
    rejectedTriggers: 0,
  },
  tilt: { sensor: 'lis3dh-18', upFace: 2, tiltDeg: 91.5, startedAt: START_MS },
  fault: { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: 'no new value for 10 s' },
  tombstone: { fromSeq: 1, toSeq: 2, reason: 'outbox-full' },
  anchor: { monotonicMs: 0, wallMs: START_MS, source: 'ntp', errorMs: 1 },
};

/** A record that was measured one second after the one before it. */
export function makeRecord<K extends RecordKind>(
  seq: number,
  kind: K,
  body: Partial<RecordBodies[K]> = {},
): DeviceRecord {
  return {
    seq,
    kind,
    bootId: BOOT_ID,
    measuredAt: START_MS + seq * 1000,
    monotonicMs: seq * 1000,
    clockQuality: 'ntp',
    body: { ...BODIES[kind], ...body },
  } as DeviceRecord;
}
