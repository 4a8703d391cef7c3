/** Chip and address, such as `sht31d-44`: the name of a sensor in its records. */
export function sensorName(sensor: { chip: string; address: number }): string {
  return `${sensor.chip}-${sensor.address.toString(16).padStart(2, '0')}`;
}
