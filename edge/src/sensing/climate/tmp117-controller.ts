import type { ThermometerController } from './controller.ts';

/** Registers (TMP117 datasheet SNOSD82, table 7-3). */
const TEMPERATURE = 0x00;
const CONFIGURATION = 0x01;
/** A conversion each second, mean of eight: the setting of the power-up (same, table 7-7), written in case that it was changed. */
const CONTINUOUS_1S = [0x02, 0x20] as const;
/** One count, °C (same, section 7.6.1.1). */
const COUNT_C = 0.0078125;

/** The thermometer of a TMP117 for johnny-five, which has none. */
export function tmp117Controller(): ThermometerController {
  return {
    initialize: {
      value({ address }, tell) {
        this.io.i2cWrite(address, CONFIGURATION, CONTINUOUS_1S);
        // Two's complement, upper byte first.
        this.io.i2cRead(address, TEMPERATURE, 2, ([msb = 0, lsb = 0]) => tell(((msb << 24) >> 16) | lsb));
      },
    },
    toCelsius: { value: (raw) => (raw === null ? Number.NaN : Math.round(raw * COUNT_C * 1000) / 1000) },
  };
}
