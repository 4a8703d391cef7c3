export { type BusFaults, SimulatedBus } from './bus/simulated-bus.ts';
export { Adxl375, type Adxl375Options } from './chips/adxl375.ts';
export { Bme280, Bmp280 } from './chips/bme280.ts';
export { type Bme280Trim, EXAMPLE_TRIM } from './chips/bme280-compensation.ts';
export type { ChipSurroundings, SimulatedChip } from './chips/chip.ts';
export { Sht4x } from './chips/sht4x.ts';
export { Sht31 } from './chips/sht31.ts';
export { Htu21d, Si7021 } from './chips/si7021.ts';
export { Tmp117 } from './chips/tmp117.ts';
export { FirmataServer } from './firmata/firmata-server.ts';
export { StandardFirmata } from './firmata/standard-firmata.ts';
export { VirtualTime } from './time/virtual-time.ts';
export {
  type ClimatePoint,
  type DropPiece,
  Journey,
  type Piece,
  pieceDurationMs,
  type TrueEvent,
  timetableOf,
  truthOf,
} from './world/journey.ts';
export { journeyWorld } from './world/journey-world.ts';
export { constantWorld, type World } from './world/world.ts';
