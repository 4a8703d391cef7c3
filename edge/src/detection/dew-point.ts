/**
 * Dew point of moist air over water by the Magnus formula with the constants of Sonntag (1990),
 * good to 0.35 °C between −45 and 60 °C.
 *
 * @param temperatureC air temperature, °C
 * @param relativeHumidityPct above 0 up to 100, %RH
 * @returns °C
 */
export function dewPointC(temperatureC: number, relativeHumidityPct: number): number {
  const h = Math.log(relativeHumidityPct / 100) + (17.62 * temperatureC) / (243.12 + temperatureC);
  return (243.12 * h) / (17.62 - h);
}
