import type { DevicePolicy } from '../device-policy.ts';
import { areWordsIntact } from './sensirion-crc.ts';

/** Read out of status register (SHT3x-DIS datasheet version 5, table 17). */
const READ_STATUS = Uint8Array.of(0xf3, 0x2d);
/** Soft reset (same, section Reset). */
const SOFT_RESET = 0x30a2;
/** Single shot, high repeatability, no clock stretching (same, table 9). */
const MEASURE_HIGH = 0x2400;

/**
 * SHT3x behind johnny-five's SHT31D driver, which measures without a pause, ignores the checksum and waits for ever
 * for a reply. Its settings are those of the power-up, so that a reset loses nothing.
 */
export function sht31Policy(intervalMs: number): DevicePolicy {
  return {
    intervalMs,
    isSelfRearming: true,
    async identify(transport, address) {
      await transport.write(address, READ_STATUS);
      return areWordsIntact(await transport.read(address, 3));
    },
    settleMs(written) {
      const command = ((written[0] ?? 0) << 8) | (written[1] ?? 0);
      // Longest soft reset 1.5 ms, longest high repeatability measurement 15.5 ms (same, section Timing Specifications).
      if (command === SOFT_RESET) return 2;
      return command === MEASURE_HIGH ? 16 : 0;
    },
    guard: (_, reply) => (areWordsIntact(reply) ? 'ok' : 'corrupt'),
  };
}
