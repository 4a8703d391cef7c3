import type { ClimateChip } from '../sensing-config.ts';
import type { ClimateReading } from './board.ts';

/**
 * Operating range of the chip, °C (SHT3x-DIS datasheet, Temperature Sensor Performance; BME280 datasheet BST-BME280-DS002, Specification):
 * a temperature outside of it was not measured.
 */
const RANGE_C: Record<ClimateChip['chip'], readonly [number, number]> = {
  sht31d: [-40, 125],
  bme280: [-40, 85],
};

/** Pressure range of the BME280, hPa (same, Pressure sensor specification). */
const PRESSURE_RANGE_HPA = [300, 1100] as const;

/** Names the quantity that the chip cannot have measured, with its value; null where all can be. */
export function implausibleQuantity(chip: ClimateChip['chip'], reading: ClimateReading): string | null {
  const { temperatureC, relativeHumidityPct, pressureHpa } = reading;
  if (!isWithin(temperatureC, RANGE_C[chip])) return `temperature ${temperatureC} °C`;
  if (!isWithin(relativeHumidityPct, [0, 100])) return `humidity ${relativeHumidityPct} %`;
  if (pressureHpa !== undefined && !isWithin(pressureHpa, PRESSURE_RANGE_HPA))
    return `pressure ${pressureHpa} hPa`;
  return null;
}

/** False for NaN, too. */
function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
