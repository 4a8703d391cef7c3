/**
 * What the chips feel: the surroundings of one device as pure functions of wall time.
 * The same time gives the same answer, whatever was asked before.
 */
export interface World {
  temperatureC(wallMs: number): number;
  relativeHumidityPct(wallMs: number): number;
  pressurePa(wallMs: number): number;
  /** Proper acceleration in sensor axes, g: 1 g upwards at rest, 0 in free fall. */
  accelerationG(wallMs: number, out: Float64Array): void;
}

/** A world that stands still: for chip tests and for a device on the bench. */
export function constantWorld(
  values: {
    temperatureC?: number;
    relativeHumidityPct?: number;
    pressurePa?: number;
    accelerationG?: readonly [number, number, number];
  } = {},
): World {
  const [x, y, z] = values.accelerationG ?? [0, 0, 1];
  return {
    temperatureC: () => values.temperatureC ?? 20,
    relativeHumidityPct: () => values.relativeHumidityPct ?? 45,
    pressurePa: () => values.pressurePa ?? 101_325,
    accelerationG: (_wallMs, out) => {
      out[0] = x;
      out[1] = y;
      out[2] = z;
    },
  };
}
