import type { ChipSurroundings } from './chip.ts';
import { type AccelerometerOptions, type InterruptingChip, quantised, SampleFifo } from './sample-fifo.ts';

/** Registers (ADXL345 and ADXL375 datasheets, register map). */
const DEVID = 0x00;
const OFSX = 0x1e;
const BW_RATE = 0x2c;
const POWER_CTL = 0x2d;
const INT_ENABLE = 0x2e;
const INT_SOURCE = 0x30;
const DATA_FORMAT = 0x31;
const DATAX0 = 0x32;
const FIFO_CTL = 0x38;
const FIFO_STATUS = 0x39;
const REGISTERS = 0x3a;

/** 32 entries and the one in the output register (ADXL375 datasheet, register 0x39). */
const FIFO_CAPACITY = 33;
const FIFO_MODES = ['bypass', 'oldest-kept', 'newest-kept', 'newest-kept'] as const;

const MEASURE = 0x08;
const SELF_TEST = 0x80;
const FULL_RESOLUTION = 0x08;
const INT_DATA_READY = 0x80;
const INT_WATERMARK = 0x02;
const INT_OVERRUN = 0x01;

/** What differs between the two parts. */
interface Part {
  formatAtReset: number;
  /** Noise density, g/√Hz, and step of the offset registers, g. */
  densityG: number;
  offsetStepG: number;
  /** What the self-test adds to each axis, g. */
  selfTestG: readonly [number, number, number];
  /** The count of an acceleration under a DATA_FORMAT. */
  toCount(g: number, format: number): number;
}

/** Specifications and registers 0x1E and 0x31 of the ADXL375: always ±200 g in 13 bits. */
const ADXL375: Part = {
  formatAtReset: 0x0b,
  densityG: 0.005,
  offsetStepG: 0.196,
  selfTestG: [0, 0, 6.4],
  toCount: (g) => quantised(g, 0.049, 13),
};

/** The same of the ADXL345: 1.1 counts of noise at 100 Hz, and the middle of the self-test limits at 3.3 V. */
const ADXL345: Part = {
  formatAtReset: 0x00,
  densityG: 1.1 / 256 / Math.sqrt(50),
  offsetStepG: 1 / 64,
  selfTestG: [2, -2, 2.7],
  toCount(g, format) {
    const range = format & 0x03;
    return format & FULL_RESOLUTION ? quantised(g, 1 / 256, 10 + range) : quantised(g, 2 ** range / 256, 10);
  },
};

/** Analog Devices ADXL345 or ADXL375 on I2C: measurement with FIFO (trigger mode works like stream) and self-test. */
class Adxl34x implements InterruptingChip {
  readonly #part: Part;
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #fifo: SampleFifo;
  /** Data registers: the entry that a read has taken off the FIFO. */
  readonly #output = new Int16Array(3);
  #pointer = 0;

  constructor(part: Part, surroundings: ChipSurroundings, options: AccelerometerOptions) {
    this.#part = part;
    const push = options.isSelfTestDead ? [0, 0, 0] : part.selfTestG;
    this.#fifo = new SampleFifo(surroundings, options, {
      capacity: FIFO_CAPACITY,
      densityG: part.densityG,
      toCount: (g, axis) => {
        const format = this.#registers[DATA_FORMAT] ?? 0;
        const trim = ((this.#registers[OFSX + axis] ?? 0) << 24) >> 24;
        const pushG = format & SELF_TEST ? (push[axis] ?? 0) : 0;
        return part.toCount(g + trim * part.offsetStepG + pushG, format);
      },
    });
  }

  powerOn(): void {
    this.#registers.fill(0);
    this.#registers[DEVID] = 0xe5;
    this.#registers[BW_RATE] = 0x0a;
    this.#registers[DATA_FORMAT] = this.#part.formatAtReset;
    this.#output.fill(0);
    this.#fifo.stop();
    this.#fifo.clear();
  }

  isInterruptHigh(): boolean {
    this.#sample();
    return (this.#source() & (this.#registers[INT_ENABLE] ?? 0)) !== 0;
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
    if (register === BW_RATE || (register === POWER_CTL && (before ^ value) & MEASURE)) this.#restart();
    // Bypass mode empties the FIFO (ADXL375 datasheet, FIFO modes).
    if (register === FIFO_CTL && value >> 6 === 0) this.#fifo.clear();
  }

  #valueOf(register: number): number {
    if (register >= DATAX0 && register < DATAX0 + 6) {
      const axis = (register - DATAX0) >> 1;
      return ((this.#output[axis] ?? 0) >> ((register - DATAX0) & 1 ? 8 : 0)) & 0xff;
    }
    if (register === FIFO_STATUS) return this.#fifo.entries;
    return register === INT_SOURCE ? this.#source() : (this.#registers[register] ?? 0);
  }

  #source(): number {
    const { entries, hasOverrun } = this.#fifo;
    const watermark = (this.#registers[FIFO_CTL] ?? 0) & 0x1f;
    return (
      (entries > 0 ? INT_DATA_READY : 0) |
      (entries >= watermark ? INT_WATERMARK : 0) |
      (hasOverrun ? INT_OVERRUN : 0)
    );
  }

  #restart(): void {
    const isMeasuring = ((this.#registers[POWER_CTL] ?? 0) & MEASURE) !== 0;
    if (isMeasuring) this.#fifo.start(3200 / 2 ** (15 - ((this.#registers[BW_RATE] ?? 0) & 0x0f)));
    else this.#fifo.stop();
  }

  #sample(): void {
    this.#fifo.advance(FIFO_MODES[(this.#registers[FIFO_CTL] ?? 0) >> 6] ?? 'bypass');
  }

  #takeEntry(): void {
    this.#fifo.hasOverrun = false;
    if (this.#fifo.entries === 0) return;
    for (let axis = 0; axis < 3; axis++) this.#output[axis] = this.#fifo.oldest(axis);
    this.#fifo.dropOldest();
  }
}

/** Analog Devices ADXL375, ±200 g. */
export class Adxl375 extends Adxl34x {
  constructor(surroundings: ChipSurroundings, options: AccelerometerOptions = {}) {
    super(ADXL375, surroundings, options);
  }
}

/** Analog Devices ADXL345, up to ±16 g. */
export class Adxl345 extends Adxl34x {
  constructor(surroundings: ChipSurroundings, options: AccelerometerOptions = {}) {
    super(ADXL345, surroundings, options);
  }
}
