export { type BusFaults, SimulatedBus } from './bus/simulated-bus.ts';
export { SimulatedInterrupt } from './bus/simulated-interrupt.ts';
export { Adxl345, Adxl375 } from './chips/adxl34x.ts';
export { Adxl372 } from './chips/adxl372.ts';
export { Bme280, Bmp280 } from './chips/bme280.ts';
export { type Bme280Trim, EXAMPLE_TRIM } from './chips/bme280-compensation.ts';
export type { ChipSurroundings, SimulatedChip } from './chips/chip.ts';
export { Lis3dh } from './chips/lis3dh.ts';
export type { AccelerometerOptions, InterruptingChip } from './chips/sample-fifo.ts';
export { Sht4x } from './chips/sht4x.ts';
export { Sht31 } from './chips/sht31.ts';
export { Htu21d, Si7021 } from './chips/si7021.ts';
export { Tmp117 } from './chips/tmp117.ts';
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
