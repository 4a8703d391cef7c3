import { openFirmataI2c } from './firmata-i2c.ts';
import { openLinuxI2c } from './linux-i2c.ts';
import type { I2cTransport } from './transport.ts';

/** Which bus the sensors are on. */
export interface SensorBus {
  /** N of /dev/i2c-N. */
  i2cBus: number;
  /** An Arduino whose bus is used instead, as `firmata:tcp://host:port` or `firmata:/dev/…`. */
  board?: string | undefined;
}

/** @throws JostleError EDGE_SENSOR_ABSENT where the bus cannot be opened */
export function openSensorBus({ board, i2cBus }: SensorBus): Promise<I2cTransport> {
  return board === undefined ? openLinuxI2c(i2cBus) : openFirmataI2c(board);
}
