/** A stretch of acceleration at one sampling rate, without gaps. */
export interface SampleBlock {
  /** Monotonic time of the first sample, ms. */
  startMs: number;
  /** Time between samples, ms. */
  periodMs: number;
  /** Interleaved x, y, z in g, gravity included; calibration is already applied. */
  xyz: Float32Array;
}

/** Acceleration of the three axes, g. */
export interface AxesG {
  x: number;
  y: number;
  z: number;
}

export const ORIGIN: AxesG = { x: 0, y: 0, z: 0 };

/** The sample at an index of an interleaved array; the index must lie inside. */
export function sampleAt(xyz: Float32Array, index: number): AxesG {
  return {
    x: xyz[index * 3] as number,
    y: xyz[index * 3 + 1] as number,
    z: xyz[index * 3 + 2] as number,
  };
}

/** The norm of `a − from`, g. */
export function distanceG(a: AxesG, from: AxesG = ORIGIN): number {
  return Math.hypot(a.x - from.x, a.y - from.y, a.z - from.z);
}

/** Mean vector of the samples from index `from` up to, not including, `to`. */
export function meanOf(xyz: Float32Array, from: number, to: number): AxesG {
  const sum = { x: 0, y: 0, z: 0 };
  for (let i = from; i < to; i++) {
    sum.x += xyz[i * 3] as number;
    sum.y += xyz[i * 3 + 1] as number;
    sum.z += xyz[i * 3 + 2] as number;
  }
  const count = Math.max(1, to - from);
  return { x: sum.x / count, y: sum.y / count, z: sum.z / count };
}
