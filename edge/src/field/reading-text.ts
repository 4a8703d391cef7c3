/** Values of a climate sensor; a quantity that the chip lacks is left out. */
export interface ClimateReading {
  temperatureC?: number;
  relativeHumidityPct?: number;
  pressureHpa?: number;
}

/** `20.0 °C, 45.0 %RH, 1013 hPa`. */
export function readingText({ temperatureC, relativeHumidityPct, pressureHpa }: ClimateReading): string {
  const values = [
    temperatureC === undefined ? null : `${temperatureC.toFixed(1)} °C`,
    relativeHumidityPct === undefined ? null : `${relativeHumidityPct.toFixed(1)} %RH`,
    pressureHpa === undefined ? null : `${pressureHpa.toFixed(0)} hPa`,
  ];
  return values.filter((value) => value !== null).join(', ');
}
