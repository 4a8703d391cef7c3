/** One contact that a shock recorder ought to see, in truth. */
export interface Impact {
  /** First contact, since the start of the incident, ms. */
  atMs: number;
  /** Peak of the pulse without gravity, g. */
  peakG: number;
  velocityChangeMps: number;
  /** Length of the half-sine pulse, ms. */
  durationMs: number;
  /** What it fell from, m; null where it did not fall. */
  heightM: number | null;
}

/** Something short that happens to a parcel, from its first movement until it lies still again. */
export interface Incident {
  readonly durationMs: number;
  readonly impacts: readonly Impact[];
  /** Proper acceleration in sensor axes, g, at a time since the start; written into `out`. */
  accelerationG(sinceMs: number, out: Float64Array): void;
}

export type Vector = readonly [x: number, y: number, z: number];
