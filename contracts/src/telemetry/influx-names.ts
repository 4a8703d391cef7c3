/** Names in InfluxDB: lower snake case with the unit at the end. Tags are `device` only, for ever. */
export const MEASUREMENTS = {
  climate: {
    name: 'env',
    fields: { temperatureC: 'temp_c', relativeHumidityPct: 'rh_pct', pressureHpa: 'pressure_hpa' },
  },
  shock: {
    name: 'shock',
    fields: {
      peakG: 'peak_g',
      durationMs: 'dur_ms',
      velocityChangeMps: 'dv_mps',
      dropHeightM: 'drop_m',
      impactClass: 'impact_class',
    },
  },
} as const;

/**
 * The timestamp of a point, ns: the millisecond at which it happened, as far as is known, then the seq in the digits below it.
 * A replay writes the same point again, and two records of one device never merge.
 */
export function pointTimeNs(measuredAt: number, seq: number): bigint {
  return BigInt(measuredAt) * 1_000_000n + BigInt(seq % 1_000_000);
}

/** The same as text; for times after 1970 without the cost of a BigInt. */
export function pointTimeText(measuredAt: number, seq: number): string {
  return measuredAt > 0 && Number.isSafeInteger(measuredAt)
    ? `${measuredAt}${String(seq % 1_000_000).padStart(6, '0')}`
    : String(pointTimeNs(measuredAt, seq));
}
