import type { World } from '../world/world.ts';

/** What every chip model is given: the surroundings it measures and the time at which it is asked. */
export interface ChipSurroundings {
  world: World;
  /** Wall time of the simulation, ms. */
  now(): number;
}

/** One chip as the bus sees it. */
export interface SimulatedChip {
  /** Bytes after the address; false where the chip does not acknowledge them. */
  write(bytes: Uint8Array): boolean;
  /** Undefined where the chip does not acknowledge the read. */
  read(length: number): Uint8Array | undefined;
  /** The supply comes (back): every register takes its reset value. */
  powerOn(): void;
}
