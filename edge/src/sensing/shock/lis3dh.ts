import { type FifoChip, haveSettings, type Settings, writeSettings } from './fifo-chip.ts';

/** Registers (LIS3DH datasheet DocID17530 rev. 2, Register mapping); I2C address 0x18, or 0x19 with SA0 high. */
const WHO_AM_I = 0x0f;
const CTRL_REG1 = 0x20;
const CTRL_REG3 = 0x22;
const CTRL_REG4 = 0x23;
const CTRL_REG5 = 0x24;
const OUT_X_L = 0x28;
const FIFO_CTRL_REG = 0x2e;
const FIFO_SRC_REG = 0x2f;

/** A burst of several registers needs this bit in the address (same, section I2C operation). */
const INCREMENT = 0x80;

const WHO_AM_I_VALUE = 0x33;
const AXES_ON = 0x07;
/** CTRL_REG1, upper half: data rates that normal mode has. */
const RATES = { 50: 0x40, 1344: 0x90 } as const;
/** Watermark and overrun on INT1. */
const INT1_FIFO = 0x06;
/**
 * Block data update, ±16 g, normal mode. High resolution has four times finer counts but a bandwidth of a ninth of the
 * rate in place of half: 149 Hz would flatten shocks (same, table Operating mode selection).
 */
const NORMAL_16_G = 0xb0;
/** ±2 g with self-test 0 off and on. */
const NORMAL_2_G = 0x80;
const NORMAL_2_G_SELF_TEST = 0x82;
const FIFO_EN = 0x40;
/** Stream mode; the interrupt comes beyond that many samples, at 1344 Hz after 9 ms. */
const FIFO_STREAM = 0x80 | 11;

const OVERRUN = 0x40;
const LEVEL_MASK = 0x1f;
const CAPACITY = 32;

/** Normal mode has ten bits, left-justified: 48 mg a count at ±16 g, 4 mg at ±2 g (same, Mechanical characteristics). */
const SHIFT = 6;
const COUNT_G = 0.048;
const COUNT_2_G = 0.004;
/** 17 to 360 counts at ±2 g in normal mode (same). */
const SELF_TEST_LIMIT = { min: 17 * COUNT_2_G, max: 360 * COUNT_2_G };

const SOURCE = Uint8Array.of(FIFO_SRC_REG);
const BURST = Uint8Array.of(OUT_X_L | INCREMENT);

/** The driver of a LIS3DH at ±16 g. */
export function lis3dh(rateHz: keyof typeof RATES): FifoChip {
  const running: Settings = [
    [CTRL_REG3, INT1_FIFO],
    [CTRL_REG4, NORMAL_16_G],
    [CTRL_REG5, FIFO_EN],
    [FIFO_CTRL_REG, FIFO_STREAM],
    [CTRL_REG1, RATES[rateHz] | AXES_ON],
  ];
  return {
    name: 'lis3dh',
    rangeG: 16,
    countG: COUNT_G,
    rateHz,
    capacity: CAPACITY,
    // The FIFO holds 24 ms at 1344 Hz: a drain may come 13 ms late.
    drainEveryMs: rateHz === 50 ? 250 : 10,
    settleMs: 0,
    selfTest: {
      prepare: [[CTRL_REG4, NORMAL_2_G]],
      on: [[CTRL_REG4, NORMAL_2_G_SELF_TEST]],
      countG: COUNT_2_G,
      settleMs: 100,
      limitsG: { x: SELF_TEST_LIMIT, y: SELF_TEST_LIMIT, z: SELF_TEST_LIMIT },
    },

    identify: async (bus, address) =>
      (await bus.writeRead(address, Uint8Array.of(WHO_AM_I), 1))[0] === WHO_AM_I_VALUE,

    /** Powered down and with an empty FIFO first; only bypass mode empties it (same, section Bypass mode). */
    configure: (bus, address) =>
      writeSettings(bus, address, [[CTRL_REG1, 0], [FIFO_CTRL_REG, 0], ...running]),

    isConfigured: (bus, address) => haveSettings(bus, address, running),

    /** All in one burst: after the last data register the address goes back to the first (ST AN3308, section FIFO). */
    async drain(bus, address, monotonicMs, drain) {
      drain.entries = 0;
      const source = (await bus.writeRead(address, SOURCE, 1))[0] ?? 0;
      drain.lookedMs = monotonicMs();
      // The level has five bits: the 32nd sample shows in the overrun bit alone, as what ran over does.
      const isFull = (source & OVERRUN) !== 0;
      const entries = isFull ? CAPACITY : source & LEVEL_MASK;
      drain.isAfterLoss = drain.isBroken || isFull;
      if (entries === 0) return;
      drain.isBroken = true;
      const bytes = await bus.writeRead(address, BURST, entries * 6);
      for (let i = 0; i < entries * 3; i++) {
        const word = (bytes[i * 2] ?? 0) | ((bytes[i * 2 + 1] ?? 0) << 8);
        drain.counts[i] = ((word << 16) >> 16) >> SHIFT;
      }
      drain.entries = entries;
      drain.isBroken = false;
    },
  };
}
