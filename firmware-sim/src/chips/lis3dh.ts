import type { ChipSurroundings } from './chip.ts';
import { type AccelerometerOptions, type InterruptingChip, quantised, SampleFifo } from './sample-fifo.ts';

/** Registers (LIS3DH datasheet, register mapping). */
const WHO_AM_I = 0x0f;
const FIRST_WRITABLE = 0x1e;
const CTRL_REG1 = 0x20;
const CTRL_REG3 = 0x22;
const CTRL_REG4 = 0x23;
const CTRL_REG5 = 0x24;
const OUT_X_L = 0x28;
const OUT_Z_H = 0x2d;
const FIFO_CTRL_REG = 0x2e;
const FIFO_SRC_REG = 0x2f;
const REGISTERS = 0x40;

const INCREMENT = 0x80;
const CAPACITY = 32;
/** Noise density at ±2 g (same, mechanical characteristics), g/√Hz. */
const DENSITY_G = 0.00022;
const FIFO_EN = 0x40;
const LOW_POWER = 0x08;
const HIGH_RESOLUTION = 0x08;
/** Bits of CTRL_REG3: watermark and overrun on INT1. */
const INT_WATERMARK = 0x04;
const INT_OVERRUN = 0x02;

/** By the upper half of CTRL_REG1, Hz; the ninth is 5376 Hz in low-power mode. */
const RATES_HZ = [0, 1, 10, 25, 50, 100, 200, 400, 1600, 1344];
const FASTEST_LOW_POWER_HZ = 5376;
/** Bits, and g per count by range (same, mechanical characteristics). */
const HIGH = { bits: 12, countsG: [0.001, 0.002, 0.004, 0.012] };
const NORMAL = { bits: 10, countsG: [0.004, 0.008, 0.016, 0.048] };
const LOW = { bits: 8, countsG: [0.016, 0.032, 0.064, 0.192] };
/** The middle of the limits of the self-test, g, and its sign by the ST bits. */
const SELF_TEST_G = 0.7;
const SELF_TEST_SIGNS = [0, 1, -1, 0];

/** By the upper two bits of FIFO_CTRL_REG; stream-to-FIFO works like stream. */
const FIFO_MODES = ['bypass', 'oldest-kept', 'newest-kept', 'newest-kept'] as const;

/** ST LIS3DH on I2C: three modes of resolution, FIFO, self-test. Its level shows the 32nd sample as an overrun. */
export class Lis3dh implements InterruptingChip {
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #fifo: SampleFifo;
  readonly #isSelfTestDead: boolean;
  /** Data registers, left-justified. */
  readonly #output = new Int16Array(3);
  /** With the bit that makes it go on. */
  #pointer = 0;

  constructor(surroundings: ChipSurroundings, options: AccelerometerOptions = {}) {
    this.#isSelfTestDead = options.isSelfTestDead ?? false;
    this.#fifo = new SampleFifo(surroundings, options, {
      capacity: CAPACITY,
      densityG: DENSITY_G,
      toCount: (g) => this.#toWord(g),
    });
  }

  powerOn(): void {
    this.#registers.fill(0);
    this.#registers[WHO_AM_I] = 0x33;
    this.#registers[CTRL_REG1] = 0x07;
    this.#output.fill(0);
    this.#fifo.stop();
    this.#fifo.clear();
  }

  isInterruptHigh(): boolean {
    this.#sample();
    const routed = this.#registers[CTRL_REG3] ?? 0;
    const source = this.#source();
    return Boolean((routed & INT_WATERMARK && source & 0x80) || (routed & INT_OVERRUN && source & 0x40));
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? this.#pointer;
    for (let i = 1; i < bytes.length; i++) {
      this.#store(this.#pointer & 0x7f, bytes[i] ?? 0);
      this.#step();
    }
    return true;
  }

  read(length: number): Uint8Array {
    this.#sample();
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const register = this.#pointer & 0x7f;
      if (register === OUT_X_L) this.#takeEntry();
      bytes[i] = this.#valueOf(register);
      this.#step();
    }
    return bytes;
  }

  /** Without the bit, the address stays; with the FIFO on, the last data register leads back to the first. */
  #step(): void {
    if ((this.#pointer & INCREMENT) === 0) return;
    const register = this.#pointer & 0x7f;
    this.#pointer = INCREMENT | (register === OUT_Z_H && this.#mode() !== 'bypass' ? OUT_X_L : register + 1);
  }

  #store(register: number, value: number): void {
    if (register < FIRST_WRITABLE || register === FIFO_SRC_REG) return;
    if (register >= OUT_X_L && register <= OUT_Z_H) return;
    this.#sample();
    this.#registers[register] = value;
    if (register === CTRL_REG1) this.#restart();
    if (register === FIFO_CTRL_REG && value >> 6 === 0) this.#fifo.clear();
  }

  #restart(): void {
    const control = this.#registers[CTRL_REG1] ?? 0;
    const rate = control >> 4;
    const rateHz = rate === 9 && control & LOW_POWER ? FASTEST_LOW_POWER_HZ : (RATES_HZ[rate] ?? 0);
    if (rateHz > 0) this.#fifo.start(rateHz);
    else this.#fifo.stop();
  }

  #valueOf(register: number): number {
    if (register === FIFO_SRC_REG) return this.#source();
    if (register < OUT_X_L || register > OUT_Z_H) return this.#registers[register] ?? 0;
    const word = this.#output[(register - OUT_X_L) >> 1] ?? 0;
    return (word >> ((register - OUT_X_L) & 1 ? 8 : 0)) & 0xff;
  }

  #source(): number {
    const { entries } = this.#fifo;
    if (this.#mode() === 'bypass') return 0x20;
    const threshold = (this.#registers[FIFO_CTRL_REG] ?? 0) & 0x1f;
    return (
      (entries > threshold ? 0x80 : 0) |
      (entries === CAPACITY ? 0x40 : 0) |
      (entries === 0 ? 0x20 : 0) |
      Math.min(entries, 0x1f)
    );
  }

  #mode(): (typeof FIFO_MODES)[number] {
    const isOn = ((this.#registers[CTRL_REG5] ?? 0) & FIFO_EN) !== 0;
    return isOn ? (FIFO_MODES[(this.#registers[FIFO_CTRL_REG] ?? 0) >> 6] ?? 'bypass') : 'bypass';
  }

  #sample(): void {
    this.#fifo.advance(this.#mode());
  }

  #takeEntry(): void {
    if (this.#fifo.entries === 0) return;
    for (let axis = 0; axis < 3; axis++) this.#output[axis] = this.#fifo.oldest(axis);
    this.#fifo.dropOldest();
  }

  #toWord(g: number): number {
    const control = this.#registers[CTRL_REG4] ?? 0;
    const isLow = ((this.#registers[CTRL_REG1] ?? 0) & LOW_POWER) !== 0;
    const { bits, countsG } = isLow ? LOW : control & HIGH_RESOLUTION ? HIGH : NORMAL;
    const sign = this.#isSelfTestDead ? 0 : (SELF_TEST_SIGNS[(control >> 1) & 0x03] ?? 0);
    const count = quantised(g + sign * SELF_TEST_G, countsG[(control >> 4) & 0x03] ?? 1, bits);
    return count << (16 - bits);
  }
}
