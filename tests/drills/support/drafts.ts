import type { RecordDraft } from '@jostle/contracts';

/** 2026-03-01T00:00:00Z */
export const START_MS = Date.UTC(2026, 2, 1);

/** A climate reading of its own: no other number gives the same content. */
export function reading(n: number, measuredAt = START_MS + n * 1000): RecordDraft {
  return {
    kind: 'climate',
    measuredAt,
    monotonicMs: n,
    clockQuality: 'ntp',
    body: {
      sensor: 'sht31d-44',
      temperatureC: 20 + (n % 1000) / 100,
      relativeHumidityPct: 40 + (n % 10),
      ageMs: 0,
    },
  };
}

export function shock(n: number, measuredAt = START_MS + n * 1000): RecordDraft {
  return {
    kind: 'shock',
    measuredAt,
    monotonicMs: n,
    clockQuality: 'ntp',
    body: {
      sensor: 'adxl375-53',
      impactAt: measuredAt,
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
  };
}

/** One minute of watching that ends at `n`. */
export function coverage(n: number, measuredAt = START_MS + n * 1000): RecordDraft {
  return {
    kind: 'coverage',
    measuredAt,
    monotonicMs: n,
    clockQuality: 'ntp',
    body: {
      sensor: 'adxl375-53',
      startsAt: measuredAt - 60_000,
      endsAt: measuredAt,
      samples: 48_000,
      lostSamples: 0,
      peakG: 1.1,
      rejectedTriggers: 0,
    },
  };
}

const COVERAGE_EVERY = 60;
const SHOCK_EVERY = 600;

/** What a device makes in `count` seconds: a reading a second, coverage every minute and a shock every ten. */
export function draftsFrom(from: number, count: number): RecordDraft[] {
  return Array.from({ length: count }, (_, i) => from + i).flatMap((n) => [
    reading(n),
    ...(n % COVERAGE_EVERY === 0 ? [coverage(n)] : []),
    ...(n % SHOCK_EVERY === 0 ? [shock(n)] : []),
  ]);
}
