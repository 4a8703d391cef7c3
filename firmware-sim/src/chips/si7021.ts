import type { ChipSurroundings, SimulatedChip } from './chip.ts';
import { crc8 } from './crc8.ts';

/** Commands, the same in both chips (Si7021 datasheet, table 11; HTU21D datasheet, Communication protocol). */
const MEASURE_TEMPERATURE_HOLD = 0xe3;
const MEASURE_HUMIDITY_HOLD = 0xe5;
const MEASURE_TEMPERATURE = 0xf3;
const MEASURE_HUMIDITY = 0xf5;
const WRITE_USER_REGISTER = 0xe6;
const READ_USER_REGISTER = 0xe7;
const SOFT_RESET = 0xfe;
const READ_ID = 0xfcc9;
/** Bit of the user register (both datasheets, User register). */
const HEATER_ON = 0x04;
/** Longest soft reset, ms (both datasheets). */
const SOFT_RESET_MS = 15;

interface Part {
  /** Longest measurements, ms. */
  temperatureMs: number;
  humidityMs: number;
  /** User register after power-up. */
  userRegister: number;
  /** First bytes of the second part of the electronic id; undefined where the chip is not asked for it. */
  id: readonly number[] | undefined;
}

/** Si7021 datasheet, table 2 (humidity takes one temperature more), User Register 1 and Electronic Serial Number. */
const SI7021: Part = { temperatureMs: 10.8, humidityMs: 22.8, userRegister: 0x3a, id: [0x15, 0xff, 0xff] };
/** HTU21D datasheet, Sensor performance and User register. */
const HTU21D: Part = { temperatureMs: 50, humidityMs: 16, userRegister: 0x02, id: undefined };

type Quantity = 'temperature' | 'humidity';

/**
 * Silicon Labs Si7021 and, as {@link Htu21d}, TE HTU21D. Without holding, a read is not acknowledged before the
 * measurement is over. A hold command holds the clock; the bus has the controller of a Raspberry Pi before the 5, which
 * does not wait and loses the first bit of the reply (github.com/raspberrypi/linux/issues/4884).
 */
export class Si7021 implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  readonly #part: Part;
  #busyUntilMs = 0;
  /** What the next read answers. */
  #reply: 'none' | Quantity | readonly number[] = 'none';
  #isHolding = false;
  #userRegister: number;

  constructor(surroundings: ChipSurroundings, part = SI7021) {
    this.#surroundings = surroundings;
    this.#part = part;
    this.#userRegister = part.userRegister;
  }

  powerOn(): void {
    this.#busyUntilMs = 0;
    this.#reply = 'none';
    this.#userRegister = this.#part.userRegister;
  }

  write(bytes: Uint8Array): boolean {
    const now = this.#surroundings.now();
    if (now < this.#busyUntilMs) return false;
    const [command, second] = bytes;
    if (command === undefined) return true;
    if (command === MEASURE_TEMPERATURE || command === MEASURE_TEMPERATURE_HOLD)
      return this.#measure('temperature', command === MEASURE_TEMPERATURE_HOLD);
    if (command === MEASURE_HUMIDITY || command === MEASURE_HUMIDITY_HOLD)
      return this.#measure('humidity', command === MEASURE_HUMIDITY_HOLD);
    this.#isHolding = false;
    this.#reply = 'none';
    if (command === READ_USER_REGISTER) this.#reply = [this.#userRegister];
    else if (command === WRITE_USER_REGISTER && second !== undefined) this.#userRegister = second;
    else if (command === SOFT_RESET) {
      // All but the heater (both datasheets, Soft Reset).
      this.#userRegister = this.#part.userRegister | (this.#userRegister & HEATER_ON);
      this.#busyUntilMs = now + SOFT_RESET_MS;
    } else if (this.#part.id !== undefined && (command << 8) + (second ?? 0) === READ_ID)
      this.#reply = this.#part.id;
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#reply === 'none') return undefined;
    if (this.#surroundings.now() < this.#busyUntilMs && !this.#isHolding) return undefined;
    const bytes = typeof this.#reply === 'string' ? this.#measured(this.#reply) : this.#reply;
    this.#reply = 'none';
    // Beyond its last byte the chip leaves the line high.
    const sent = Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0xff);
    return this.#isHolding ? withoutFirstBit(sent) : sent;
  }

  #measure(quantity: Quantity, isHolding: boolean): boolean {
    const { temperatureMs, humidityMs } = this.#part;
    const tookMs = quantity === 'temperature' ? temperatureMs : humidityMs;
    this.#busyUntilMs = this.#surroundings.now() + tookMs;
    this.#reply = quantity;
    this.#isHolding = isHolding;
    return true;
  }

  /**
   * T = -46.85 + 175.72 S / 65536 °C and RH = -6 + 125 S / 65536 % (both datasheets, conversion), solved for S; the two
   * lowest bits say which quantity it is.
   */
  #measured(quantity: Quantity): number[] {
    const { world } = this.#surroundings;
    const at = this.#busyUntilMs;
    const share =
      quantity === 'temperature'
        ? (world.temperatureC(at) + 46.85) / 175.72
        : (world.relativeHumidityPct(at) + 6) / 125;
    const code = Math.round(Math.max(0, Math.min(0xffff, share * 0x10000)) / 4) * 4;
    const word = Math.min(0xfffc, code) | (quantity === 'humidity' ? 2 : 0);
    return [word >> 8, word & 0xff, crc8(word >> 8, word & 0xff, 0)];
  }
}

/** TE Connectivity HTU21D: the commands of the Si7021, other times, no id that is known. */
export class Htu21d extends Si7021 {
  constructor(surroundings: ChipSurroundings) {
    super(surroundings, HTU21D);
  }
}

function withoutFirstBit(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (byte << 1) | ((bytes[i + 1] ?? 0xff) >> 7));
}
