import type { I2cTransport } from '../../io/transport.ts';
import * as reg from './registers.ts';

/** Entries of the FIFO plus the one that waits behind it (datasheet, section FIFO). */
const ENTRIES_MAX = 33;

const DEVICE_ID = Uint8Array.of(reg.DEVICE_ID);
const BW_RATE = Uint8Array.of(reg.BW_RATE);
const DATA_FORMAT = Uint8Array.of(reg.DATA_FORMAT);
const FIFO_CTL = Uint8Array.of(reg.FIFO_CTL);
const INT_SOURCE = Uint8Array.of(reg.INT_SOURCE);
const FIFO_STATUS = Uint8Array.of(reg.FIFO_STATUS);
const DATA_X0 = Uint8Array.of(reg.DATA_X0);

/** Standby and an empty FIFO first, measuring last: no sample is taken under half of the settings. */
const SETTINGS = [
  [reg.POWER_CTL, reg.STANDBY],
  [reg.FIFO_CTL, reg.FIFO_BYPASS],
  [reg.DATA_FORMAT, reg.FORMAT_RIGHT_JUSTIFIED],
  [reg.BW_RATE, reg.RATE_800_HZ],
  [reg.FIFO_CTL, reg.FIFO_STREAM],
  [reg.INT_ENABLE, reg.WATERMARK | reg.OVERRUN],
  [reg.POWER_CTL, reg.MEASURE],
] as const;

/** What one look into the FIFO gave; the recorder uses one again and again. */
export class FifoDrain {
  /** Interleaved x, y, z in counts; `entries` triplets are valid. */
  readonly counts = new Int16Array(ENTRIES_MAX * 3);
  entries = 0;
  /** Samples before these were lost: the FIFO ran over, or a drain broke off. */
  isAfterLoss = false;
  /** Entries were being read; it stays set where the bus failed half-way, with entries taken out and not kept. */
  isBroken = false;
  /** Monotonic time at which the newest entry was there, ms. */
  lookedMs = 0;
}

/** Whether the chip at the address says that it is an ADXL375. */
export async function identify(bus: I2cTransport, address: number): Promise<boolean> {
  return (await bus.writeRead(address, DEVICE_ID, 1))[0] === reg.DEVICE_ID_VALUE;
}

/** Starts measuring at 800 Hz into an empty FIFO. */
export async function configure(bus: I2cTransport, address: number): Promise<void> {
  for (const setting of SETTINGS) await bus.write(address, Uint8Array.from(setting));
}

/** Whether the settings are still those of `configure`: a brown-out puts them back to zero without a trace. */
export async function isConfigured(bus: I2cTransport, address: number): Promise<boolean> {
  // Not in one burst: that would reach the data registers and take an entry out of the FIFO.
  const rate = await bus.writeRead(address, BW_RATE, 2);
  const format = await bus.writeRead(address, DATA_FORMAT, 1);
  const fifo = await bus.writeRead(address, FIFO_CTL, 1);
  return (
    rate[0] === reg.RATE_800_HZ &&
    rate[1] === reg.MEASURE &&
    format[0] === reg.FORMAT_RIGHT_JUSTIFIED &&
    fifo[0] === reg.FIFO_STREAM
  );
}

/**
 * Empties the FIFO. Each entry is a burst of its own: the chip moves the next one up when a burst ends, which takes
 * 5 µs; addressing the register again over I2C takes longer (datasheet, section Retrieving Data from the FIFO).
 */
export async function drainFifo(
  bus: I2cTransport,
  address: number,
  monotonicMs: () => number,
  drain: FifoDrain,
): Promise<void> {
  drain.entries = 0;
  const source = (await bus.writeRead(address, INT_SOURCE, 1))[0] ?? 0;
  const status = (await bus.writeRead(address, FIFO_STATUS, 1))[0] ?? 0;
  // Before the entries are read: the time after it would be late by the whole drain.
  drain.lookedMs = monotonicMs();
  drain.isAfterLoss = drain.isBroken || (source & reg.OVERRUN) !== 0;
  const entries = Math.min(status & reg.ENTRIES_MASK, ENTRIES_MAX);
  drain.isBroken ||= entries > 0;
  const { counts } = drain;
  for (let i = 0; i < entries * 3; i += 3) {
    const bytes = await bus.writeRead(address, DATA_X0, 6);
    counts[i] = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
    counts[i + 1] = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
    counts[i + 2] = (bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8);
  }
  drain.entries = entries;
  if (entries > 0) drain.isBroken = false;
}
