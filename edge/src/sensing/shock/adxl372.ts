import type { I2cTransport } from '../../io/transport.ts';
import { type FifoChip, type FifoDrain, haveSettings, type Settings, writeSettings } from './fifo-chip.ts';

/** Registers (ADXL372 datasheet rev. B, Register Map; Linux driver adxl372.c); I2C address 0x1D, or 0x53 with MISO high. */
const DEVID_AD = 0x00;
const STATUS = 0x04;
const FIFO_SAMPLES = 0x39;
const FIFO_CTL = 0x3a;
const INT1_MAP = 0x3b;
const TIMING = 0x3d;
const MEASURE = 0x3e;
const POWER_CTL = 0x3f;
const SELF_TEST = 0x40;
const FIFO_DATA = 0x42;

/** DEVID_AD, DEVID_MST and PARTID. */
const IDS = [0xad, 0x1d, 0xfa];
const STANDBY = 0;
/**
 * Full bandwidth without the high-pass filter, which would take gravity away. The low-pass filter stays on and settles
 * for 370 ms.
 */
const RUNNING = 0x04 | 3;
const SETTLE_MS = 370;
/** Of FIFO_CTL: x, y and z of each sample, newest kept. */
const FIFO_STREAM = 1 << 1;
const FIFO_BYPASS = 0;
/** Watermark and overrun on INT1; in STATUS, overrun is the same bit. */
const INT1_FIFO = 0x0c;
const OVERRUN = 0x08;
const START_SELF_TEST = 0x01;

/** Output data rate of TIMING, bandwidth of MEASURE (half the rate), and words that raise the interrupt. */
const RATES = {
  1600: { timing: 2 << 5, measure: 2, watermark: 96, drainEveryMs: 25 },
  3200: { timing: 3 << 5, measure: 3, watermark: 120, drainEveryMs: 15 },
} as const;

/** 512 words hold 170 triplets: 106 ms at 1600 Hz. */
const CAPACITY = 170;
/** The first word of a triplet says so; the upper twelve bits are the value. */
const IS_X = 0x01;
const SHIFT = 4;
const COUNT_G = 0.1;

const STATUS_AND_ENTRIES = Uint8Array.of(STATUS);
const DATA = Uint8Array.of(FIFO_DATA);

export type Adxl372Rate = keyof typeof RATES;

/** The driver of an ADXL372. */
export function adxl372(rateHz: Adxl372Rate): FifoChip {
  const { timing, measure, watermark, drainEveryMs } = RATES[rateHz];
  const running: Settings = [
    [FIFO_SAMPLES, watermark],
    [FIFO_CTL, FIFO_STREAM],
    [INT1_MAP, INT1_FIFO],
    [TIMING, timing],
    [MEASURE, measure],
    [POWER_CTL, RUNNING],
  ];
  return {
    name: 'adxl372',
    rangeG: 200,
    countG: COUNT_G,
    rateHz,
    capacity: CAPACITY,
    drainEveryMs,
    settleMs: SETTLE_MS,
    selfTest: {
      prepare: [],
      on: [[SELF_TEST, START_SELF_TEST]],
      countG: COUNT_G,
      // The means of the first and the last 50 ms of 300 differ by 5 counts or more (same, errata of the self-test).
      settleMs: 250,
      limitsG: { z: { min: 5 * COUNT_G, max: Number.POSITIVE_INFINITY } },
    },

    async identify(bus, address) {
      const ids = await bus.writeRead(address, Uint8Array.of(DEVID_AD), IDS.length);
      return IDS.every((id, i) => ids[i] === id);
    },

    /** The FIFO can be set in standby only, and bypass empties it. */
    configure: (bus, address) =>
      writeSettings(bus, address, [
        [POWER_CTL, STANDBY],
        [SELF_TEST, 0],
        [FIFO_CTL, FIFO_BYPASS],
        ...running,
      ]),

    isConfigured: (bus, address) => haveSettings(bus, address, running),

    drain: (bus, address, monotonicMs, drain) => drainWords(bus, address, monotonicMs, drain),
  };
}

/**
 * Takes all triplets but one: where the FIFO is emptied, the words of the next samples come out of order (comment in the
 * Linux driver). Should they do so all the same, reading begins anew at the next word that is marked as an x.
 */
async function drainWords(
  bus: I2cTransport,
  address: number,
  monotonicMs: () => number,
  drain: FifoDrain,
): Promise<void> {
  drain.entries = 0;
  const status = await bus.writeRead(address, STATUS_AND_ENTRIES, 4);
  drain.lookedMs = monotonicMs();
  drain.isAfterLoss = drain.isBroken || ((status[0] ?? 0) & OVERRUN) !== 0;
  const words = (((status[2] ?? 0) & 0x03) << 8) | (status[3] ?? 0);
  const readable = Math.min(Math.floor(words / 3), CAPACITY) * 3 - 3;
  if (readable < 3) return;
  drain.isBroken = true;
  const taken = wordsOf(await bus.writeRead(address, DATA, readable * 2));
  const first = taken.findIndex(isX);
  const skipped = first < 0 ? taken.length : first;
  if (skipped > 0) {
    drain.isAfterLoss = true;
    // The rest of the last triplet, so that the next drain begins with an x.
    const rest = (3 - ((taken.length - skipped) % 3)) % 3;
    if (rest > 0) taken.push(...wordsOf(await bus.writeRead(address, DATA, rest * 2)));
  }
  drain.entries = unpack(taken, skipped, drain.counts);
  drain.left = Math.floor((words - taken.length) / 3);
  // What is left over does not begin with an x: it was lost, and so are the samples up to the next drain.
  drain.isBroken = skipped + drain.entries * 3 !== taken.length;
}

/** Writes triplets from `at` on until one is out of order; returns how many. */
function unpack(words: readonly number[], at: number, counts: Int16Array): number {
  let entries = 0;
  for (let i = at; i + 2 < words.length; i += 3) {
    const x = words[i] ?? 0;
    const y = words[i + 1] ?? 0;
    const z = words[i + 2] ?? 0;
    if (!isX(x) || isX(y) || isX(z)) break;
    counts[entries * 3] = x >> SHIFT;
    counts[entries * 3 + 1] = y >> SHIFT;
    counts[entries * 3 + 2] = z >> SHIFT;
    entries += 1;
  }
  return entries;
}

/** Signed, big-endian. */
function wordsOf(bytes: Uint8Array): number[] {
  const words: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2)
    words.push((((bytes[i] ?? 0) << 24) | ((bytes[i + 1] ?? 0) << 16)) >> 16);
  return words;
}

function isX(word: number): boolean {
  return (word & IS_X) !== 0;
}
