import type { DevicePolicy, ReplyVerdict } from '../device-policy.ts';

/** Registers (TMP117 datasheet SNOSD82, table 7-3). */
const TEMPERATURE = 0x00;
const DEVICE_ID = Uint8Array.of(0x0f);
/** The upper four bits of the id are the revision (same, table 7-15). */
const ID_MASK = 0x0fff;
const TMP117_ID = 0x117;

/** TMP117 behind our own controller. Until its first conversion it gives -256 °C, which it can never measure. */
export function tmp117Policy(intervalMs: number): DevicePolicy {
  return {
    intervalMs,
    isSelfRearming: false,
    async identify(transport, address) {
      const [msb = 0, lsb = 0] = await transport.writeRead(address, DEVICE_ID, 2);
      return (((msb << 8) | lsb) & ID_MASK) === TMP117_ID;
    },
    settleMs: () => 0,
    guard: (register, reply) => (register === TEMPERATURE ? temperatureVerdict(reply) : 'ok'),
  };
}

/** 0x8000 is the reset value (same, section 7.6.1.1). */
function temperatureVerdict(reply: Uint8Array): ReplyVerdict {
  if (reply.length < 2) return 'corrupt';
  return reply[0] === 0x80 && reply[1] === 0 ? 'reset' : 'ok';
}
