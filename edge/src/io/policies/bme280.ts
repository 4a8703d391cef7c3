import type { DevicePolicy, ReplyVerdict } from '../device-policy.ts';
import type { I2cTransport } from '../transport.ts';

/** Registers of the BME280 (datasheet BST-BME280-DS002, table 18). */
const ID = Uint8Array.of(0xd0);
const BME280_ID = 0x60;
/** BMP280 datasheet BST-BMP280-DS001, register 0xD0. */
const BMP280_ID = 0x58;
const RESET = 0xe0;
const CALIBRATION_H = 0xe1;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const PRESSURE = 0xf7;

/** Standby 1000 ms, filter off (datasheet tables 27 and 28). */
const CONFIG_STANDBY_1S = 0xa0;

/**
 * BME280 behind johnny-five's driver. That one measures without standby, which warms the die; it does not notice a chip
 * that lost its settings, whose reset values look like room temperature; and it reads two signed bytes as unsigned.
 */
export function bme280Policy(intervalMs: number): DevicePolicy {
  return {
    ...bmp280Policy(intervalMs),
    identify: (transport, address) => hasId(transport, address, BME280_ID),
    guard: (register, reply) => (register === PRESSURE ? humidVerdict(reply) : 'ok'),
    onRead(register, reply) {
      const bytes = Array.from(reply);
      if (register === CALIBRATION_H) {
        // dig_H4 and dig_H5 are signed (datasheet table 16): their upper bytes carry the sign.
        for (const i of [3, 5]) bytes[i] = ((reply[i] ?? 0) << 24) >> 24;
      }
      return bytes;
    },
  };
}

/** The same without humidity: registers and their hazards are those of the BME280. */
export function bmp280Policy(intervalMs: number): DevicePolicy {
  return {
    intervalMs,
    isSelfRearming: false,
    identify: (transport, address) => hasId(transport, address, BMP280_ID),
    // Start-up time 2 ms (datasheet table 1), after which the trim is loaded.
    settleMs: (written) => (written[0] === RESET ? 3 : 0),
    // Writes to CONFIG may be ignored in normal mode (datasheet 5.4.6), so that it goes before the mode is set.
    rewrite: (written) =>
      written[0] === CTRL_MEAS ? [Uint8Array.of(CONFIG, CONFIG_STANDBY_1S), written] : [written],
    guard: (register, reply) => (register === PRESSURE ? measurementVerdict(reply, 6) : 'ok'),
  };
}

async function hasId(transport: I2cTransport, address: number, id: number): Promise<boolean> {
  return (await transport.writeRead(address, ID, 1))[0] === id;
}

/**
 * 0x8000 is a humidity that is not measured (datasheet table 18), where the write to CTRL_HUM went lost: it would read as
 * 63 %. A measured one is the same once in a while, and costs a reading.
 */
function humidVerdict(reply: Uint8Array): ReplyVerdict {
  const isSkipped = reply[6] === 0x80 && reply[7] === 0;
  const verdict = measurementVerdict(reply, 8);
  return verdict === 'ok' && isSkipped ? 'reset' : verdict;
}

/** 0x80000 is the reset value of the 20-bit temperature (datasheet table 18) and never a measured one. */
function measurementVerdict(reply: Uint8Array, length: number): ReplyVerdict {
  if (reply.length < length) return 'corrupt';
  return reply[3] === 0x80 && reply[4] === 0 && reply[5] === 0 ? 'reset' : 'ok';
}
