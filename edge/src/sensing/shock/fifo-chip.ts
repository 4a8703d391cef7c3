import type { I2cTransport } from '../../io/transport.ts';

/** What one look into a FIFO gave; the recorder uses one again and again. */
export class FifoDrain {
  /** Interleaved x, y, z in counts; `entries` triplets are valid. */
  readonly counts: Int16Array;
  entries = 0;
  /** Triplets that the driver left in the FIFO; they are newer than those that it took. */
  left = 0;
  /** Samples before these were lost: the FIFO ran over, or a drain broke off. */
  isAfterLoss = false;
  /** Entries were being read; it stays set where the bus failed half-way, with entries taken out and not kept. */
  isBroken = false;
  /** Monotonic time at which the newest entry was there, ms. */
  lookedMs = 0;

  /** @param capacity most triplets that one look can give */
  constructor(capacity: number) {
    this.counts = new Int16Array(capacity * 3);
  }
}

/** Registers and what to write to them, in order. */
export type Settings = readonly (readonly [register: number, value: number])[];

/** Change of one axis under self-test, g; `max` is Infinity where none is stated. */
export interface SelfTestLimit {
  min: number;
  max: number;
}

/** How a chip is told to push its own mass, and what that must read. */
export interface SelfTestPlan {
  /** Written after `configure` and before both readings. */
  prepare: Settings;
  /** Switches the force on. */
  on: Settings;
  /** Acceleration of one count under these settings, g. */
  countG: number;
  /** How long the force needs to be full, ms. */
  settleMs: number;
  /** Sizes, without sign. An axis that is left out need not move. */
  limitsG: Partial<Record<'x' | 'y' | 'z', SelfTestLimit>>;
}

/**
 * An accelerometer that keeps its samples in a FIFO, at one rate. A driver holds no state: everything that lasts lies
 * in the chip or in the drain. All functions reject with an I2cFault where the bus or the chip fails.
 */
export interface FifoChip {
  readonly name: string;
  /** Measurement range either way, g. */
  readonly rangeG: number;
  /** Acceleration of one count, g. */
  readonly countG: number;
  /** Nominal output data rate, Hz; the oscillator of a part is percents off. */
  readonly rateHz: number;
  /** Triplets that one look can give. */
  readonly capacity: number;
  /** How often it must be drained so that one drain may come late, ms. */
  readonly drainEveryMs: number;
  /** From `configure` to the first sample, ms. */
  readonly settleMs: number;
  readonly selfTest: SelfTestPlan;
  /** Whether the chip at the address says that it is one of these. */
  identify(bus: I2cTransport, address: number): Promise<boolean>;
  /** Starts measuring into an empty FIFO whose watermark raises the interrupt line. */
  configure(bus: I2cTransport, address: number): Promise<void>;
  /** Whether the settings are still those of `configure`: a brown-out puts them back without a trace. */
  isConfigured(bus: I2cTransport, address: number): Promise<boolean>;
  /** Takes what is in the FIFO. */
  drain(bus: I2cTransport, address: number, monotonicMs: () => number, drain: FifoDrain): Promise<void>;
}

export async function writeSettings(bus: I2cTransport, address: number, settings: Settings): Promise<void> {
  for (const setting of settings) await bus.write(address, Uint8Array.from(setting));
}

/** Whether each register has the value. */
export async function haveSettings(bus: I2cTransport, address: number, settings: Settings): Promise<boolean> {
  for (const [register, value] of settings)
    if ((await bus.writeRead(address, Uint8Array.of(register), 1))[0] !== value) return false;
  return true;
}
