import type { ChipSurroundings } from './chip.ts';
import { type AccelerometerOptions, type InterruptingChip, quantised, SampleFifo } from './sample-fifo.ts';

/** Registers (ADXL372 datasheet, register map; Linux driver adxl372.c). */
const IDS = [0xad, 0x1d, 0xfa];
const STATUS = 0x04;
const FIFO_ENTRIES2 = 0x06;
const FIFO_ENTRIES = 0x07;
const FIRST_WRITABLE = 0x20;
const FIFO_SAMPLES = 0x39;
const FIFO_CTL = 0x3a;
const INT1_MAP = 0x3b;
const TIMING = 0x3d;
const POWER_CTL = 0x3f;
const SELF_TEST = 0x40;
const RESET = 0x41;
const FIFO_DATA = 0x42;
const RESET_CODE = 0x52;

const COUNT_G = 0.1;
/** 512 words in triplets. */
const CAPACITY = 170;
/** 3.5 counts of noise over 3200 Hz (datasheet, specifications), g/√Hz. */
const DENSITY_G = 0.35 / Math.sqrt(3200);

const MODE_MASK = 0x03;
const FILTER_SETTLES_FAST = 0x10;
const HIGH_PASS_OFF = 0x04;
const FULL_BANDWIDTH = 3;

/** The self-test runs for 300 ms and is at its height by the last 50; 3 g are ours, the datasheet asks for 0.5. */
const SELF_TEST_MS = 300;
const SELF_TEST_RISE_MS = 200;
const SELF_TEST_G = 3;

/**
 * Analog Devices ADXL372 on I2C: full-bandwidth measurement with streamed FIFO of all axes, and self-test. The FIFO takes
 * settings in standby only, and puts words out of order after it was emptied.
 */
export class Adxl372 implements InterruptingChip {
  readonly #now: () => number;
  readonly #registers = new Uint8Array(FIFO_DATA);
  readonly #fifo: SampleFifo;
  readonly #isSelfTestDead: boolean;
  #pointer = 0;
  /** Words of the oldest triplet that are gone. */
  #wordsGone = 0;
  /** The next triplet that comes into the empty FIFO lacks its x. */
  #isDisordered = false;
  #selfTestFrom: number | undefined;

  constructor(surroundings: ChipSurroundings, options: AccelerometerOptions = {}) {
    this.#now = surroundings.now;
    this.#isSelfTestDead = options.isSelfTestDead ?? false;
    this.#fifo = new SampleFifo(surroundings, options, {
      capacity: CAPACITY,
      densityG: DENSITY_G,
      toCount: (g, axis) =>
        quantised(this.#throughHighPass(g) + (axis === 2 ? this.#pushG() : 0), COUNT_G, 12),
    });
  }

  powerOn(): void {
    this.#registers.fill(0);
    IDS.forEach((id, i) => {
      this.#registers[i] = id;
    });
    this.#registers[FIFO_SAMPLES] = 0x80;
    this.#selfTestFrom = undefined;
    this.#fifo.stop();
    this.#clear();
  }

  isInterruptHigh(): boolean {
    this.#sample();
    return (this.#status() & (this.#registers[INT1_MAP] ?? 0)) !== 0;
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? this.#pointer;
    for (let i = 1; i < bytes.length; i++) this.#store(this.#pointer++, bytes[i] ?? 0);
    return true;
  }

  read(length: number): Uint8Array {
    this.#sample();
    const bytes = new Uint8Array(length);
    // The address does not go on from the FIFO: each two bytes are its next word.
    if (this.#pointer === FIFO_DATA)
      for (let i = 0; i + 1 < length; i += 2) {
        const word = this.#takeWord();
        bytes[i] = word >> 8;
        bytes[i + 1] = word & 0xff;
      }
    else for (let i = 0; i < length; i++) bytes[i] = this.#valueOf(this.#pointer++);
    return bytes;
  }

  #store(register: number, value: number): void {
    if (register === RESET && value === RESET_CODE) this.powerOn();
    if (register < FIRST_WRITABLE || register >= RESET) return;
    const isMeasuring = this.#isMeasuring();
    if ((register === FIFO_CTL || register === FIFO_SAMPLES) && isMeasuring) return;
    this.#sample();
    this.#registers[register] = value;
    if (register === FIFO_CTL) this.#clear();
    if (register === SELF_TEST) this.#selfTestFrom = value & 1 ? this.#now() : undefined;
    if (register !== POWER_CTL || this.#isMeasuring() === isMeasuring) return;
    const rateHz = 400 << ((this.#registers[TIMING] ?? 0) >> 5);
    if (isMeasuring) this.#fifo.stop();
    else this.#fifo.start(rateHz, value & FILTER_SETTLES_FAST ? 16 : 370);
  }

  #valueOf(register: number): number {
    if (register === STATUS) return this.#status();
    if (register === FIFO_ENTRIES2) return this.#words() >> 8;
    if (register === FIFO_ENTRIES) return this.#words() & 0xff;
    if (register !== SELF_TEST) return this.#registers[register] ?? 0;
    const isDone = this.#selfTestFrom !== undefined && this.#now() - this.#selfTestFrom >= SELF_TEST_MS;
    return (this.#registers[SELF_TEST] ?? 0) | (isDone ? (this.#isSelfTestDead ? 0x02 : 0x06) : 0);
  }

  #status(): number {
    const words = this.#words();
    const watermark = (((this.#registers[FIFO_CTL] ?? 0) & 1) << 8) | (this.#registers[FIFO_SAMPLES] ?? 0);
    return (
      (words > 0 ? 0x03 : 0) |
      (words > 0 && words >= watermark ? 0x04 : 0) |
      (this.#fifo.hasOverrun ? 0x08 : 0)
    );
  }

  #words(): number {
    return this.#fifo.entries * 3 - this.#wordsGone;
  }

  #isMeasuring(): boolean {
    return ((this.#registers[POWER_CTL] ?? 0) & MODE_MASK) === FULL_BANDWIDTH;
  }

  #clear(): void {
    this.#fifo.clear();
    this.#wordsGone = 0;
    this.#isDisordered = false;
  }

  #sample(): void {
    const isStreamed = (((this.#registers[FIFO_CTL] ?? 0) >> 1) & 0x03) === 1;
    this.#fifo.advance(isStreamed ? 'newest-kept' : 'bypass');
    if (!this.#isDisordered || this.#fifo.entries === 0) return;
    this.#isDisordered = false;
    this.#wordsGone = 1;
  }

  #takeWord(): number {
    this.#fifo.hasOverrun = false;
    if (this.#fifo.entries === 0) return 0;
    const axis = this.#wordsGone;
    const word = ((this.#fifo.oldest(axis) << 4) & 0xfff0) | (axis === 0 ? 1 : 0);
    this.#wordsGone += 1;
    if (this.#wordsGone === 3) {
      this.#wordsGone = 0;
      this.#fifo.dropOldest();
      this.#isDisordered = this.#fifo.entries === 0;
    }
    return word;
  }

  /** Crude: the real filter takes away only what stands still. A driver that leaves it on is to notice. */
  #throughHighPass(g: number): number {
    return (this.#registers[POWER_CTL] ?? 0) & HIGH_PASS_OFF ? g : 0;
  }

  #pushG(): number {
    if (this.#selfTestFrom === undefined || this.#isSelfTestDead) return 0;
    return this.#now() - this.#selfTestFrom >= SELF_TEST_RISE_MS ? SELF_TEST_G : 0;
  }
}
