import type { HygrometerController, ThermometerController } from './controller.ts';

/** Measurement with high precision (SHT4x datasheet version 6, table 8). */
const MEASURE_HIGH = 0xfd;

/** The two components of one SHT4x for johnny-five, which has none: the thermometer measures, the hygrometer shares its reply. */
export function sht4xControllers(): { thermometer: ThermometerController; hygrometer: HygrometerController } {
  let tellHumidity: (raw: number) => void = () => {};
  return {
    thermometer: {
      initialize: {
        value({ address }, tellTemperature) {
          const measure = () => {
            this.io.i2cWrite(address, MEASURE_HIGH);
            this.io.i2cReadOnce(address, 6, ([tMsb = 0, tLsb = 0, , hMsb = 0, hLsb = 0]) => {
              tellTemperature((tMsb << 8) | tLsb);
              tellHumidity((hMsb << 8) | hLsb);
              // The policy of the chip holds the next measurement back until its interval is over.
              measure();
            });
          };
          measure();
        },
      },
      // Conversion and resolution, 0.01 of the unit: same datasheet, section 4.6 and tables 1 and 2.
      toCelsius: { value: (raw) => (raw === null ? Number.NaN : hundredths(-45 + (175 * raw) / 0xffff)) },
    },
    hygrometer: {
      initialize: {
        value(_options, tell) {
          tellHumidity = tell;
        },
      },
      toRelativeHumidity: {
        value: (raw) => (raw === null ? Number.NaN : hundredths(-6 + (125 * raw) / 0xffff)),
      },
    },
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
