/** Commands of the Firmata protocol (protocol.md and i2c.md of the protocol's repository). */
export const REPORT_VERSION = 0xf9;
export const SYSTEM_RESET = 0xff;
export const START_SYSEX = 0xf0;
export const END_SYSEX = 0xf7;
export const ANALOG_MAPPING_QUERY = 0x69;
export const ANALOG_MAPPING_RESPONSE = 0x6a;
export const CAPABILITY_QUERY = 0x6b;
export const CAPABILITY_RESPONSE = 0x6c;
export const PIN_STATE_QUERY = 0x6d;
export const PIN_STATE_RESPONSE = 0x6e;
export const STRING_DATA = 0x71;
export const I2C_REQUEST = 0x76;
export const I2C_REPLY = 0x77;
export const I2C_CONFIG = 0x78;
export const REPORT_FIRMWARE = 0x79;
export const SAMPLING_INTERVAL = 0x7a;

/** Each byte as two of 7 bits, the lower first. */
export function pairsOf(bytes: ArrayLike<number>): number[] {
  return Array.from(bytes).flatMap((byte) => [byte & 0x7f, (byte >> 7) & 0x7f]);
}

/** The values of pairs of 7 bits. As on the board, a pair is a sum: its bytes are not checked for an eighth bit. */
export function valuesOf(pairs: readonly number[]): number[] {
  return Array.from(
    { length: Math.floor(pairs.length / 2) },
    (_, i) => (pairs[2 * i] ?? 0) + ((pairs[2 * i + 1] ?? 0) << 7),
  );
}

export function sysex(command: number, payload: readonly number[]): number[] {
  return [START_SYSEX, command, ...payload, END_SYSEX];
}
