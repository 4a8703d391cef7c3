export { type BusFaults, SimulatedBus } from './bus/simulated-bus.ts';
export { Adxl375, type Adxl375Options } from './chips/adxl375.ts';
export { Bme280 } from './chips/bme280.ts';
export { type Bme280Trim, EXAMPLE_TRIM } from './chips/bme280-compensation.ts';
export type { ChipSurroundings, SimulatedChip } from './chips/chip.ts';
export { Sht31 } from './chips/sht31.ts';
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
