import {
  type Bme280Trim,
  codeFor,
  compensatedHumidityPct,
  compensatedPressurePa,
  EXAMPLE_TRIM,
  fineTemperature,
} from './bme280-compensation.ts';
import { trimRegisters } from './bme280-trim.ts';
import type { ChipSurroundings, SimulatedChip } from './chip.ts';

/** Registers (BME280 datasheet, memory map). */
const ID = 0xd0;
const RESET = 0xe0;
const CTRL_HUM = 0xf2;
const STATUS = 0xf3;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;
const DATA_END = 0xfe;
const BME280_ID = 0x60;
/** BMP280 datasheet, register 0xD0. */
const BMP280_ID = 0x58;
const RESET_WORD = 0xb6;
/** Where the trim of the humidity begins; a BMP280 has none. */
const HUMIDITY_TRIM = 0xa1;
/** Start-up time (BME280 datasheet, electrical parameters), ms. */
const START_UP_MS = 2;

/** Oversampling by register code, and standby in ms by t_sb (BME280 datasheet, ctrl_hum, ctrl_meas and config). */
const OVERSAMPLING = [0, 1, 2, 4, 8, 16, 16, 16];
const STANDBY_MS = [0.5, 62.5, 125, 250, 500, 1000, 10, 20];

/** Codes of a channel that was never measured or is skipped (BME280 datasheet, register description). */
const SKIPPED_20_BIT = 0x80000;
const SKIPPED_16_BIT = 0x8000;

/** Bosch BME280 on I2C: trim, modes, conversion time, oversampling on or off. Its IIR filter is not modelled. */
export class Bme280 implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  readonly #trim: Bme280Trim;
  readonly #hasHumidity: boolean;
  readonly #registers = new Uint8Array(256);
  #pointer = 0;
  /** Oversampling of humidity in force: CTRL_HUM counts only after a write to CTRL_MEAS. */
  #humiditySetting = 0;
  #poweredAt = 0;
  /** When the mode was last written; conversions are counted from there. */
  #modeSince = 0;

  constructor(surroundings: ChipSurroundings, trim: Bme280Trim = EXAMPLE_TRIM, hasHumidity = true) {
    this.#surroundings = surroundings;
    this.#trim = trim;
    this.#hasHumidity = hasHumidity;
  }

  powerOn(): void {
    this.#registers.fill(0);
    for (const [address, byte] of trimRegisters(this.#trim))
      if (this.#hasHumidity || address < HUMIDITY_TRIM) this.#registers[address] = byte;
    this.#registers[ID] = this.#hasHumidity ? BME280_ID : BMP280_ID;
    this.#humiditySetting = 0;
    this.#poweredAt = this.#surroundings.now();
    this.#storeCodes(SKIPPED_20_BIT, SKIPPED_20_BIT, SKIPPED_16_BIT);
  }

  /** A register for a read to follow, or pairs of register and value. */
  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? this.#pointer;
    for (let i = 0; i + 1 < bytes.length; i += 2) this.#store(bytes[i] ?? 0, bytes[i + 1] ?? 0);
    return true;
  }

  read(length: number): Uint8Array {
    // The data registers are shadowed: one burst sees one conversion (BME280 datasheet, data register shadowing).
    if (this.#pointer <= DATA_END && this.#pointer + length > STATUS) this.#convert();
    const bytes = Uint8Array.from({ length }, (_, i) => this.#registers[(this.#pointer + i) & 0xff] ?? 0);
    this.#pointer = (this.#pointer + length) & 0xff;
    return bytes;
  }

  #store(register: number, value: number): void {
    if (register === RESET) {
      if (value === RESET_WORD) this.powerOn();
      return;
    }
    if (register !== CTRL_MEAS && register !== CONFIG && !(register === CTRL_HUM && this.#hasHumidity))
      return;
    if (register === CTRL_MEAS) {
      this.#convert();
      this.#humiditySetting = (this.#registers[CTRL_HUM] ?? 0) & 7;
      this.#modeSince = this.#surroundings.now();
    }
    this.#registers[register] = value;
  }

  /** Brings data and status up to now: the last conversion that has ended is the one that counts. */
  #convert(): void {
    const now = this.#surroundings.now();
    const control = this.#registers[CTRL_MEAS] ?? 0;
    const mode = control & 3;
    const conversionMs = this.#conversionMs(control);
    let isMeasuring = false;
    if (mode !== 0) {
      const standbyMs = STANDBY_MS[(this.#registers[CONFIG] ?? 0) >> 5] ?? 0;
      const sinceMs = now - this.#modeSince;
      const periodMs = mode === 3 ? conversionMs + standbyMs : Number.POSITIVE_INFINITY;
      const round = mode === 3 ? Math.floor(sinceMs / periodMs) : 0;
      const inRoundMs = mode === 3 ? sinceMs - round * periodMs : sinceMs;
      isMeasuring = inRoundMs < conversionMs;
      const ended = isMeasuring ? round - 1 : round;
      if (ended >= 0) {
        const startedMs = mode === 3 ? ended * periodMs : 0;
        this.#measure(this.#modeSince + startedMs + conversionMs, control);
        if (mode !== 3) this.#registers[CTRL_MEAS] = control & ~3;
      }
    }
    const isLoadingTrim = now - this.#poweredAt < START_UP_MS;
    this.#registers[STATUS] = (isMeasuring ? 8 : 0) | (isLoadingTrim ? 1 : 0);
  }

  /** Longest time of one conversion, ms (BME280 datasheet, appendix B). */
  #conversionMs(control: number): number {
    const t = OVERSAMPLING[control >> 5] ?? 0;
    const p = OVERSAMPLING[(control >> 2) & 7] ?? 0;
    const h = OVERSAMPLING[this.#humiditySetting] ?? 0;
    return 1.25 + 2.3 * t + (p > 0 ? 2.3 * p + 0.575 : 0) + (h > 0 ? 2.3 * h + 0.575 : 0);
  }

  #measure(atMs: number, control: number): void {
    const { world } = this.#surroundings;
    const trim = this.#trim;
    const codeT = codeFor(world.temperatureC(atMs) * 5120, 1 << 20, (c) => fineTemperature(c, trim));
    const fine = fineTemperature(codeT, trim);
    const codeP = codeFor(world.pressurePa(atMs), 1 << 20, (c) => compensatedPressurePa(c, fine, trim));
    const wantedPct = world.relativeHumidityPct(atMs);
    const codeH = codeFor(wantedPct, 1 << 16, (c) => compensatedHumidityPct(c, fine, trim));
    this.#storeCodes(
      control >> 5 ? codeT : SKIPPED_20_BIT,
      (control >> 2) & 7 ? codeP : SKIPPED_20_BIT,
      this.#humiditySetting ? codeH : SKIPPED_16_BIT,
    );
  }

  #storeCodes(codeT: number, codeP: number, codeH: number): void {
    const twenty = (code: number) => [code >> 12, (code >> 4) & 0xff, (code & 0xf) << 4];
    const humidity = this.#hasHumidity ? [codeH >> 8, codeH & 0xff] : [];
    this.#registers.set([...twenty(codeP), ...twenty(codeT), ...humidity], DATA);
  }
}

/** Bosch BMP280: the BME280 without humidity (BMP280 datasheet, memory map). */
export class Bmp280 extends Bme280 {
  constructor(surroundings: ChipSurroundings, trim: Bme280Trim = EXAMPLE_TRIM) {
    super(surroundings, trim, false);
  }
}
