import type { DevicePolicy, SplitRead } from '../device-policy.ts';
import { areWordsIntact } from './sensirion-crc.ts';

/** Commands, the same in both chips (Si7021 datasheet, table 11; HTU21D datasheet, Communication protocol). */
const MEASURE_TEMPERATURE_HOLD = 0xe3;
const MEASURE_HUMIDITY_HOLD = 0xe5;
const MEASURE_TEMPERATURE = 0xf3;
const MEASURE_HUMIDITY = 0xf5;
const SOFT_RESET = 0xfe;
const READ_USER_REGISTER = Uint8Array.of(0xe7);
/** Second part of the electronic id; its first byte names the part (Si7021 datasheet, section Electronic Serial Number). */
const READ_ID = Uint8Array.of(0xfc, 0xc9);
const SI7021_ID = 0x15;

/** Longest soft reset, ms (both datasheets). */
const SOFT_RESET_MS = 15;
/** Both compute the checksum of Sensirion from another start (Si7021 datasheet, section 5.1). */
const CRC_START = 0x00;
/** The two lowest bits of a word tell which quantity it is and are no part of the value (HTU21D datasheet, Conversion of signal outputs). */
const VALUE_BITS = 0xfc;

/** Longest measurements at full resolution, ms. */
interface MeasureTimes {
  temperatureMs: number;
  humidityMs: number;
}

/** Si7021 datasheet, table 2: 10.8 ms; a humidity measurement takes 12 ms and one of the temperature on top. */
const SI7021_TIMES: MeasureTimes = { temperatureMs: 12, humidityMs: 24 };
/** HTU21D datasheet, Sensor performance: 50 ms and 16 ms. */
const HTU21D_TIMES: MeasureTimes = { temperatureMs: 51, humidityMs: 17 };

/** HTU21D user register: reserved bits, resolution and "disable OTP reload" as after power-up (datasheet, User register). */
const USER_REGISTER_MASK = 0xbb;
const USER_REGISTER_DEFAULT = 0x02;

/** Silicon Labs Si7021 behind johnny-five's HTU21D driver. */
export function si7021Policy(intervalMs: number): DevicePolicy {
  return {
    ...humidityPairPolicy(intervalMs, SI7021_TIMES),
    identify: async (transport, address) => (await transport.writeRead(address, READ_ID, 1))[0] === SI7021_ID,
  };
}

/** TE Connectivity HTU21D behind johnny-five's driver of that name. */
export function htu21dPolicy(intervalMs: number): DevicePolicy {
  return {
    ...humidityPairPolicy(intervalMs, HTU21D_TIMES),
    async identify(transport, address) {
      const [user = 0xff] = await transport.writeRead(address, READ_USER_REGISTER, 1);
      return (user & USER_REGISTER_MASK) === USER_REGISTER_DEFAULT;
    },
  };
}

/**
 * The driver measures without a pause, ignores the checksum and asks the chip to hold the clock, which the I2C
 * controller of a Raspberry Pi before the 5 does not bear (github.com/raspberrypi/linux/issues/4884). Its settings are
 * those of the power-up, so that a reset loses nothing.
 */
function humidityPairPolicy(intervalMs: number, times: MeasureTimes): Omit<DevicePolicy, 'identify'> {
  // Key: the command that holds the clock. Each is replaced by the one that does not, with the checksum asked for.
  const splitReads = new Map<number, SplitRead>([
    [
      MEASURE_TEMPERATURE_HOLD,
      { command: Uint8Array.of(MEASURE_TEMPERATURE), waitMs: times.temperatureMs, length: 3 },
    ],
    [
      MEASURE_HUMIDITY_HOLD,
      { command: Uint8Array.of(MEASURE_HUMIDITY), waitMs: times.humidityMs, length: 3 },
    ],
  ]);
  return {
    intervalMs,
    isSelfRearming: true,
    // The driver reads the temperature, then the humidity.
    isPartial: (register) => register === MEASURE_TEMPERATURE_HOLD,
    settleMs: (written) => (written[0] === SOFT_RESET ? SOFT_RESET_MS : 0),
    splitRead: (register) => splitReads.get(register),
    guard: (_, reply) => (areWordsIntact(reply, CRC_START) ? 'ok' : 'corrupt'),
    onRead: (_, [msb = 0, lsb = 0]) => [msb, lsb & VALUE_BITS],
  };
}
