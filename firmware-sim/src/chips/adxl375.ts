import { accelerometerNoise } from './adxl375-noise.ts';
import type { ChipSurroundings, SimulatedChip } from './chip.ts';

/** Registers (ADXL375 datasheet, register map). */
const DEVID = 0x00;
const OFSX = 0x1e;
const BW_RATE = 0x2c;
const POWER_CTL = 0x2d;
const INT_SOURCE = 0x30;
const DATA_FORMAT = 0x31;
const DATAX0 = 0x32;
const FIFO_CTL = 0x38;
const FIFO_STATUS = 0x39;
const REGISTERS = 0x3a;

/** Sensitivity and offset register step (ADXL375 datasheet, specifications and register 0x1E), g. */
const G_PER_LSB = 0.049;
const G_PER_OFFSET_LSB = 0.196;
/** The output is 13 bits wide: it stops at ±200 g. */
const LARGEST_COUNT = 4095;
/** 32 entries and the one in the output register (ADXL375 datasheet, register 0x39). */
const FIFO_CAPACITY = 33;

const MEASURE = 0x08;
const INT_DATA_READY = 0x80;
const INT_WATERMARK = 0x02;
const INT_OVERRUN = 0x01;

export interface Adxl375Options {
  /** Error of the chip's own oscillator, parts per million; it may be 30 000 off. */
  oscillatorErrorPpm?: number;
  /** What each axis reads at 0 g. */
  zeroOffsetG?: readonly [number, number, number];
  /** Seed of the noise; without one the chip is free of noise. */
  noiseSeed?: number;
}

/**
 * Analog Devices ADXL375 on I2C: measurement with FIFO (bypass, FIFO and stream; trigger mode works like stream).
 * Samples are made when they are asked for: only then is it known how many of them the FIFO still holds.
 */
export class Adxl375 implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  readonly #options: Required<Omit<Adxl375Options, 'noiseSeed'>>;
  readonly #noiseSeed: number | undefined;
  #noise: (sample: number, axis: number) => number = () => 0;
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #fifo = new Int16Array(FIFO_CAPACITY * 3);
  readonly #feltG = new Float64Array(3);
  /** Data registers: the entry that a read has taken off the FIFO. */
  readonly #output = new Int16Array(3);
  #oldest = 0;
  #entries = 0;
  #hasOverrun = false;
  #pointer = 0;
  #startedAt = 0;
  #periodMs = 10;
  /** Samples made since the start of the measurement, lost ones too. */
  #made = 0;

  constructor(surroundings: ChipSurroundings, options: Adxl375Options = {}) {
    this.#surroundings = surroundings;
    this.#options = {
      oscillatorErrorPpm: options.oscillatorErrorPpm ?? 0,
      zeroOffsetG: options.zeroOffsetG ?? [0, 0, 0],
    };
    this.#noiseSeed = options.noiseSeed;
  }

  powerOn(): void {
    this.#registers.fill(0);
    this.#registers[DEVID] = 0xe5;
    this.#registers[BW_RATE] = 0x0a;
    this.#registers[DATA_FORMAT] = 0x0b;
    this.#output.fill(0);
    this.#clear();
  }

  /** A register for a read to follow, or a register and values for it and the next ones. */
  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? this.#pointer;
    for (let i = 1; i < bytes.length; i++) this.#store(this.#pointer++, bytes[i] ?? 0);
    return true;
  }

  read(length: number): Uint8Array {
    this.#sample();
    const from = this.#pointer;
    if (from <= DATAX0 + 5 && from + length > DATAX0) this.#takeEntry();
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#valueOf(from + i);
    this.#pointer = from + length;
    return bytes;
  }

  #store(register: number, value: number): void {
    if (register < OFSX - 1 || register === INT_SOURCE || register >= FIFO_STATUS) return;
    if (register >= DATAX0 && register < FIFO_CTL) return;
    this.#sample();
    const before = this.#registers[register] ?? 0;
    this.#registers[register] = value;
    if (register === BW_RATE || (register === POWER_CTL && (before ^ value) & MEASURE)) this.#start();
    // Bypass mode empties the FIFO (ADXL375 datasheet, FIFO modes).
    if (register === FIFO_CTL && value >> 6 === 0) this.#clear();
  }

  #valueOf(register: number): number {
    if (register >= DATAX0 && register < DATAX0 + 6) {
      const axis = (register - DATAX0) >> 1;
      return ((this.#output[axis] ?? 0) >> ((register - DATAX0) & 1 ? 8 : 0)) & 0xff;
    }
    if (register === FIFO_STATUS) return this.#entries;
    if (register !== INT_SOURCE) return this.#registers[register] ?? 0;
    const watermark = (this.#registers[FIFO_CTL] ?? 0) & 0x1f;
    return (
      (this.#entries > 0 ? INT_DATA_READY : 0) |
      (this.#entries >= watermark ? INT_WATERMARK : 0) |
      (this.#hasOverrun ? INT_OVERRUN : 0)
    );
  }

  #start(): void {
    const rateHz = 3200 / 2 ** (15 - ((this.#registers[BW_RATE] ?? 0) & 0x0f));
    this.#periodMs = 1000 / (rateHz * (1 + this.#options.oscillatorErrorPpm / 1e6));
    this.#startedAt = this.#surroundings.now();
    this.#made = 0;
    if (this.#noiseSeed !== undefined) this.#noise = accelerometerNoise(this.#noiseSeed, rateHz);
  }

  #clear(): void {
    this.#entries = 0;
    this.#hasOverrun = false;
  }

  /** Makes the samples that fell due since the last time and still have a place. */
  #sample(): void {
    if (!((this.#registers[POWER_CTL] ?? 0) & MEASURE)) return;
    const due = Math.floor((this.#surroundings.now() - this.#startedAt) / this.#periodMs);
    const fresh = due - this.#made;
    if (fresh <= 0) return;
    const mode = (this.#registers[FIFO_CTL] ?? 0) >> 6;
    const capacity = mode === 0 ? 1 : FIFO_CAPACITY;
    if (this.#entries + fresh > capacity) this.#hasOverrun = true;
    if (mode === 1) {
      // FIFO mode keeps what came first.
      const taken = Math.min(fresh, capacity - this.#entries);
      for (let k = 1; k <= taken; k++) this.#append(this.#made + k, capacity);
    } else {
      for (let k = due - Math.min(fresh, capacity) + 1; k <= due; k++) this.#append(k, capacity);
    }
    this.#made = due;
  }

  #append(sample: number, capacity: number): void {
    const felt = this.#feltG;
    this.#surroundings.world.accelerationG(this.#startedAt + sample * this.#periodMs, felt);
    if (this.#entries >= capacity) {
      this.#oldest = (this.#oldest + 1) % FIFO_CAPACITY;
      this.#entries = capacity - 1;
    }
    const slot = ((this.#oldest + this.#entries) % FIFO_CAPACITY) * 3;
    for (let axis = 0; axis < 3; axis++) {
      const g = (felt[axis] ?? 0) + (this.#options.zeroOffsetG[axis] ?? 0) + this.#noise(sample, axis);
      const trim = ((this.#registers[OFSX + axis] ?? 0) << 24) >> 24;
      const count = Math.round((g + trim * G_PER_OFFSET_LSB) / G_PER_LSB);
      this.#fifo[slot + axis] = Math.max(-LARGEST_COUNT - 1, Math.min(LARGEST_COUNT, count));
    }
    this.#entries++;
  }

  #takeEntry(): void {
    this.#hasOverrun = false;
    if (this.#entries === 0) return;
    for (let axis = 0; axis < 3; axis++) this.#output[axis] = this.#fifo[this.#oldest * 3 + axis] ?? 0;
    this.#oldest = (this.#oldest + 1) % FIFO_CAPACITY;
    this.#entries--;
  }
}
