import * as reg from './adxl34x-registers.ts';
import { type FifoChip, haveSettings, type SelfTestPlan, type Settings, writeSettings } from './fifo-chip.ts';

/** Entries of the FIFO plus the one that waits behind it (datasheet, section FIFO). */
const ENTRIES_MAX = 33;

/**
 * Samples that raise the interrupt: 12.5 ms at 800 Hz, so that the line comes before the timer. The FIFO of 32 holds
 * 40 ms then: a drain by the timer may come 25 ms late.
 */
const WATERMARK_AT = 10;
const DRAIN_EVERY_MS = { 50: 250, 800: 15 } as const;

const DEVICE_ID = Uint8Array.of(reg.DEVICE_ID);
const BW_RATE = Uint8Array.of(reg.BW_RATE);
const INT_SOURCE = Uint8Array.of(reg.INT_SOURCE);
const FIFO_STATUS = Uint8Array.of(reg.FIFO_STATUS);
const DATA_X0 = Uint8Array.of(reg.DATA_X0);

const PARTS = {
  adxl375: {
    rangeG: 200,
    // 20.5 counts per g (ADXL375 datasheet rev. B, Specifications).
    countG: 0.049,
    // 6.4 g is typical (same); the limits, with the tolerance of the sensitivity, are those that AltOS holds parts to.
    limitsG: { z: { min: 4.5, max: 7.5 } },
  },
  adxl345: {
    rangeG: 16,
    // 256 counts per g in full resolution (ADXL345 datasheet rev. G, Specifications).
    countG: 1 / 256,
    // Specifications for 2.5 V, times 1.77 and 1.47 for the 3.3 V of a Raspberry Pi (same, table Self-Test Output Scale
    // Factors).
    limitsG: {
      x: { min: 0.2 * 1.77, max: 2.1 * 1.77 },
      y: { min: 0.2 * 1.77, max: 2.1 * 1.77 },
      z: { min: 0.3 * 1.47, max: 3.4 * 1.47 },
    },
  },
} as const;

/** The driver of an ADXL375 or an ADXL345, which differ in nothing but their scale. */
export function adxl34x(name: keyof typeof PARTS, rateHz: keyof typeof reg.RATE_CODES): FifoChip {
  const { rangeG, countG, limitsG } = PARTS[name];
  const rateCode = reg.RATE_CODES[rateHz];
  const fifoMode = reg.FIFO_STREAM | WATERMARK_AT;
  /** Standby and an empty FIFO first, measuring last: no sample is taken under half of the settings. */
  const settings: Settings = [
    [reg.POWER_CTL, reg.STANDBY],
    [reg.FIFO_CTL, reg.FIFO_BYPASS],
    [reg.DATA_FORMAT, reg.FORMAT],
    [reg.BW_RATE, rateCode],
    [reg.FIFO_CTL, fifoMode],
    [reg.INT_ENABLE, reg.WATERMARK | reg.OVERRUN],
    [reg.POWER_CTL, reg.MEASURE],
  ];
  return {
    name,
    rangeG,
    countG,
    rateHz,
    capacity: ENTRIES_MAX,
    drainEveryMs: DRAIN_EVERY_MS[rateHz],
    settleMs: 0,
    selfTest: selfTestPlan(countG, limitsG),

    identify: async (bus, address) => (await bus.writeRead(address, DEVICE_ID, 1))[0] === reg.DEVICE_ID_VALUE,

    configure: (bus, address) => writeSettings(bus, address, settings),

    async isConfigured(bus, address) {
      // Not in one burst: that would reach the data registers and take an entry out of the FIFO.
      const rate = await bus.writeRead(address, BW_RATE, 2);
      if (rate[0] !== rateCode || rate[1] !== reg.MEASURE) return false;
      return haveSettings(bus, address, [
        [reg.DATA_FORMAT, reg.FORMAT],
        [reg.FIFO_CTL, fifoMode],
      ]);
    },

    /**
     * Each entry is a burst of its own: the chip moves the next one up when a burst ends, which takes 5 µs; addressing
     * the register again over I2C takes longer (datasheet, section Retrieving Data from the FIFO).
     */
    async drain(bus, address, monotonicMs, drain) {
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
    },
  };
}

/** At 100 to 800 Hz in normal power, after a few samples under the force (datasheet, section Self-Test). */
function selfTestPlan(countG: number, limitsG: SelfTestPlan['limitsG']): SelfTestPlan {
  return {
    prepare: [],
    on: [[reg.DATA_FORMAT, reg.FORMAT_SELF_TEST]],
    countG,
    settleMs: 50,
    limitsG,
  };
}
