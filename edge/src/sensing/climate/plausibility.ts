import type { ClimateChip } from '../sensing-config.ts';
import type { ClimateReading } from './board.ts';

/**
 * Operating range of the chip, °C: a temperature outside of it was not measured. From the datasheets: SHT3x-DIS, Temperature
 * Sensor Performance; BME280 BST-BME280-DS002 and BMP280 BST-BMP280-DS001, Specification; Si7021, table 2; HTU21D,
 * Sensor performance; SHT4x, table 2; TMP117, Recommended Operating Conditions.
 */
const RANGE_C: Record<ClimateChip['chip'], readonly [number, number]> = {
  sht31d: [-40, 125],
  bme280: [-40, 85],
  bmp280: [-40, 85],
  si7021: [-40, 125],
  htu21d: [-40, 125],
  sht4x: [-40, 125],
  tmp117: [-55, 150],
};

/** Pressure range of the BME280 and the BMP280, hPa (same, Pressure sensor specification). */
const PRESSURE_RANGE_HPA = [300, 1100] as const;

/** Names the quantity that the chip cannot have measured, with its value; null where all can be. */
export function implausibleQuantity(chip: ClimateChip['chip'], reading: ClimateReading): string | null {
  const { temperatureC, relativeHumidityPct, pressureHpa } = reading;
  if (!isWithin(temperatureC, RANGE_C[chip])) return `temperature ${temperatureC} °C`;
  if (relativeHumidityPct !== undefined && !isWithin(relativeHumidityPct, [0, 100]))
    return `humidity ${relativeHumidityPct} %`;
  if (pressureHpa !== undefined && !isWithin(pressureHpa, PRESSURE_RANGE_HPA))
    return `pressure ${pressureHpa} hPa`;
  return null;
}

/** False for NaN, too. */
function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
