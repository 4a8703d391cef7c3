import type { ClimateChip, SensingConfig } from '@jostle/edge/sensing';
import { SimulatedBus } from '../bus/simulated-bus.ts';
import { Adxl375 } from '../chips/adxl375.ts';
import { Bme280, Bmp280 } from '../chips/bme280.ts';
import type { ChipSurroundings, SimulatedChip } from '../chips/chip.ts';
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

/** Range over which the oscillators of a fleet differ, parts per million either way; single parts may be worse. */
const OSCILLATOR_SPREAD_PPM = 10_000;

/**
 * The bus of one device with the chips that its configuration names. Its accelerometer has the noise of the real
 * part, an oscillator error of up to 1 %, and the zero offset that the configuration takes off again.
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
  if (sensors.shock !== null) {
    const { address, calibration } = sensors.shock;
    const { offsetG } = calibration;
    const oscillatorErrorPpm = Math.round((2 * seededRandom(seed)() - 1) * OSCILLATOR_SPREAD_PPM);
    const zero = zeroOffsetG ?? ([offsetG.x, offsetG.y, offsetG.z] as const);
    bus.attach(
      address,
      new Adxl375(surroundings, { oscillatorErrorPpm, zeroOffsetG: zero, noiseSeed: seed }),
    );
  }
  for (const { chip, address } of sensors.climate) bus.attach(address, new CLIMATE_CHIPS[chip](surroundings));
  return bus;
}
