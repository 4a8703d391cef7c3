/** Trim values of one BME280, named as in Bosch's BME280 datasheet, trimming parameter readout. */
export interface Bme280Trim {
  T1: number;
  T2: number;
  T3: number;
  P1: number;
  P2: number;
  P3: number;
  P4: number;
  P5: number;
  P6: number;
  P7: number;
  P8: number;
  P9: number;
  H1: number;
  H2: number;
  H3: number;
  H4: number;
  H5: number;
  H6: number;
}

/**
 * Temperature and pressure trim of the worked example in Bosch's BMP280 datasheet, section 3.12 (calculating pressure and temperature).
 * H4 and H5 are signed 12-bit values; a negative H5 is valid, and drivers that forget the sign read 100 %RH with it.
 */
export const EXAMPLE_TRIM: Bme280Trim = {
  T1: 27504,
  T2: 26435,
  T3: -1000,
  P1: 36477,
  P2: -10685,
  P3: 3024,
  P4: 2855,
  P5: 140,
  P6: -7,
  P7: 15500,
  P8: -14600,
  P9: 6000,
  H1: 75,
  H2: 362,
  H3: 0,
  H4: 313,
  H5: -20,
  H6: 30,
};

/** Temperature as the other two formulas need it; divided by 5120 it is °C (BME280 datasheet, appendix A). */
export function fineTemperature(adcT: number, { T1, T2, T3 }: Bme280Trim): number {
  const linear = (adcT / 16384 - T1 / 1024) * T2;
  return linear + (adcT / 131072 - T1 / 8192) ** 2 * T3;
}

/** Pressure in Pa (BME280 datasheet, appendix A). */
export function compensatedPressurePa(adcP: number, fine: number, t: Bme280Trim): number {
  const offset = fine / 2 - 64000;
  const quadratic = ((offset * offset * t.P6) / 32768 + offset * t.P5 * 2) / 4 + t.P4 * 65536;
  const gain = (1 + ((t.P3 * offset * offset) / 524288 + t.P2 * offset) / 524288 / 32768) * t.P1;
  const pressure = ((1048576 - adcP - quadratic / 4096) * 6250) / gain;
  const correction = (t.P9 * pressure * pressure) / 2147483648 + (pressure * t.P8) / 32768 + t.P7;
  return pressure + correction / 16;
}

/** Relative humidity in %, not limited to 0…100 (BME280 datasheet, appendix A). */
export function compensatedHumidityPct(adcH: number, fine: number, t: Bme280Trim): number {
  const offset = fine - 76800;
  const gain = 1 + (t.H6 / 67108864) * offset * (1 + (t.H3 / 67108864) * offset);
  const humidity = (adcH - (t.H4 * 64 + (t.H5 / 16384) * offset)) * (t.H2 / 65536) * gain;
  return humidity * (1 - (t.H1 * humidity) / 524288);
}

/**
 * The converter's code at which a compensation formula gives the wanted value: the formulas have no closed
 * inverse, but each rises or falls over its whole range.
 *
 * @param codes number of codes of the converter
 * @returns the nearest code; the first or last where the value is out of reach
 */
export function codeFor(wanted: number, codes: number, compensated: (code: number) => number): number {
  const isRising = compensated(codes - 1) > compensated(0);
  let low = 0;
  let high = codes - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (compensated(middle) < wanted === isRising) low = middle;
    else high = middle;
  }
  return Math.abs(compensated(low) - wanted) <= Math.abs(compensated(high) - wanted) ? low : high;
}
