import type { DevicePolicy } from '../device-policy.ts';
import { areWordsIntact } from './sensirion-crc.ts';

/** Commands (SHT4x datasheet version 6, table 8): serial number; measurement with high precision. */
const READ_SERIAL = Uint8Array.of(0x89);
const MEASURE_HIGH = 0xfd;
/** Sensirion's own driver (github.com/Sensirion/embedded-i2c-sht4x, sht4x_i2c.c) waits so long for the serial number, ms. */
const SERIAL_MS = 10;
/** Longest high precision measurement 8.3 ms (same datasheet, table 5). */
const MEASURE_MS = 9;

/** SHT4x behind our own controller. It has no settings, so that a reset loses nothing. */
export function sht4xPolicy(intervalMs: number): DevicePolicy {
  return {
    intervalMs,
    isSelfRearming: true,
    async identify(transport, address) {
      await transport.write(address, READ_SERIAL);
      await new Promise((resolve) => setTimeout(resolve, SERIAL_MS));
      return areWordsIntact(await transport.read(address, 6));
    },
    settleMs: (written) => (written[0] === MEASURE_HIGH ? MEASURE_MS : 0),
    guard: (_, reply) => (areWordsIntact(reply) ? 'ok' : 'corrupt'),
  };
}
