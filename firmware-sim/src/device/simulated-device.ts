import type { ClimateChip, SensingConfig, ShockChip } from '@jostle/edge/sensing';
import { SimulatedBus } from '../bus/simulated-bus.ts';
import { Adxl345, Adxl375 } from '../chips/adxl34x.ts';
import { Adxl372 } from '../chips/adxl372.ts';
import { Bme280, Bmp280 } from '../chips/bme280.ts';
import type { ChipSurroundings, SimulatedChip } from '../chips/chip.ts';
import { Lis3dh } from '../chips/lis3dh.ts';
import type { AccelerometerOptions } from '../chips/sample-fifo.ts';
import { Sht4x } from '../chips/sht4x.ts';
import { Sht31 } from '../chips/sht31.ts';
import { Htu21d, Si7021 } from '../chips/si7021.ts';
import { Tmp117 } from '../chips/tmp117.ts';
import { seededRandom } from '../world/random.ts';

const CLIMATE_CHIPS: Record<ClimateChip['chip'], new (surroundings: ChipSurroundings) => SimulatedChip> = {
  sht31d: Sht31,
  bme280: Bme280,
  bmp280: Bmp280,
  si7021: Si7021,
  htu21d: Htu21d,
  sht4x: Sht4x,
  tmp117: Tmp117,
};

const ACCELEROMETERS: Record<
  ShockChip['chip'],
  new (
    surroundings: ChipSurroundings,
    options: AccelerometerOptions,
  ) => SimulatedChip
> = {
  adxl375: Adxl375,
  adxl372: Adxl372,
  adxl345: Adxl345,
  lis3dh: Lis3dh,
};

/** Range over which the oscillators of a fleet differ, parts per million either way; single parts may be worse. */
const OSCILLATOR_SPREAD_PPM = 10_000;

/**
 * The bus of one device with the chips that its configuration names. Its accelerometers have the noise of the real
 * parts, an oscillator error of up to 1 %, and the zero offset that the configuration takes off again.
 *
 * @param zeroOffsetG another zero offset, g by axis: one that the configuration knows nothing of
 */
export function simulatedDevice(
  sensors: SensingConfig,
  surroundings: ChipSurroundings,
  seed: number,
  zeroOffsetG?: readonly [number, number, number],
): SimulatedBus {
  const bus = new SimulatedBus(seed);
  const random = seededRandom(seed);
  for (const accelerometer of [sensors.shock, sensors.tilt]) {
    if (accelerometer === null) continue;
    const { chip, address, calibration } = accelerometer;
    const { offsetG } = calibration;
    const oscillatorErrorPpm = Math.round((2 * random() - 1) * OSCILLATOR_SPREAD_PPM);
    const zero = zeroOffsetG ?? ([offsetG.x, offsetG.y, offsetG.z] as const);
    const options = { oscillatorErrorPpm, zeroOffsetG: zero, noiseSeed: seed };
    bus.attach(address, new ACCELEROMETERS[chip](surroundings, options));
  }
  for (const { chip, address } of sensors.climate) bus.attach(address, new CLIMATE_CHIPS[chip](surroundings));
  return bus;
}
