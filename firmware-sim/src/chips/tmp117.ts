import type { ChipSurroundings, SimulatedChip } from './chip.ts';

/** Registers (TMP117 datasheet SNOSD82, table 7-3). */
const TEMPERATURE = 0x00;
const CONFIGURATION = 0x01;
const DEVICE_ID = 0x0f;
const TMP117_ID = 0x0117;

/** Configuration after power-up: a conversion each second, mean of eight (same, table 7-7). */
const POWER_UP_CONFIGURATION = 0x0220;
const CYCLE_MS = 1000;
/** Eight conversions of 15.5 ms (same, table 7-1). */
const CONVERSION_MS = 124;
const SOFT_RESET_BIT = 0x0002;
const MODE_MASK = 0x0c00;
const SHUTDOWN = 0x0400;

/** Temperature until the first conversion is over, -256 °C (same, section 7.6.1.1). */
const NOT_CONVERTED = 0x8000;
const COUNTS_PER_C = 128;

/** TI TMP117 in its default cycle or shut down; averaging, limits and EEPROM are not modelled. */
export class Tmp117 implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  #pointer = TEMPERATURE;
  #configuration = POWER_UP_CONFIGURATION;
  #temperature = NOT_CONVERTED;
  /** When the configuration was last written; conversions are counted from there. */
  #cyclingSince = 0;

  constructor(surroundings: ChipSurroundings) {
    this.#surroundings = surroundings;
  }

  powerOn(): void {
    this.#configuration = POWER_UP_CONFIGURATION;
    this.#temperature = NOT_CONVERTED;
    this.#cyclingSince = this.#surroundings.now();
  }

  /** A register for a read to follow, or a register and its 16 bits. */
  write(bytes: Uint8Array): boolean {
    const [pointer = this.#pointer, msb, lsb] = bytes;
    this.#pointer = pointer;
    if (pointer !== CONFIGURATION || msb === undefined || lsb === undefined) return true;
    this.#convert();
    if (lsb & SOFT_RESET_BIT) this.powerOn();
    else {
      this.#configuration = (msb << 8) | lsb;
      this.#cyclingSince = this.#surroundings.now();
    }
    return true;
  }

  read(length: number): Uint8Array {
    this.#convert();
    const word = this.#word();
    return Uint8Array.from({ length }, (_, i) => (i % 2 === 0 ? word >> 8 : word & 0xff));
  }

  #word(): number {
    if (this.#pointer === TEMPERATURE) return this.#temperature;
    if (this.#pointer === CONFIGURATION) return this.#configuration;
    return this.#pointer === DEVICE_ID ? TMP117_ID : 0;
  }

  /** Brings the temperature up to now: the last conversion that has ended is the one that counts. */
  #convert(): void {
    if ((this.#configuration & MODE_MASK) === SHUTDOWN) return;
    const sinceMs = this.#surroundings.now() - this.#cyclingSince;
    if (sinceMs < CONVERSION_MS) return;
    const cycles = Math.floor((sinceMs - CONVERSION_MS) / CYCLE_MS);
    const endedAt = this.#cyclingSince + cycles * CYCLE_MS + CONVERSION_MS;
    const counts = Math.round(this.#surroundings.world.temperatureC(endedAt) * COUNTS_PER_C);
    this.#temperature = counts & 0xffff;
  }
}
