/** Acceleration as it was recorded, one row per sample. */
export interface Recording {
  /** How the columns were recognised. */
  format: string;
  /** Seconds, strictly increasing. */
  timesS: Float64Array;
  /** Interleaved x, y, z in g. */
  xyz: Float32Array;
}

export const UNITS = ['g', 'mps2'] as const;
export type Unit = (typeof UNITS)[number];

/** Where in a file the values are. */
export interface ColumnChoice {
  /** Time in seconds, then the axes: header names, or numbers counted from 1. */
  columns: readonly [time: string, x: string, y: string, z: string];
  unit: Unit;
}
