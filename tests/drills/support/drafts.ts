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

/** Readings `from` to `from + count - 1`, a shock at every hundredth. */
export function draftsFrom(from: number, count: number): RecordDraft[] {
  return Array.from({ length: count }, (_, i) => ((from + i) % 100 === 0 ? shock : reading)(from + i));
}
