/**
 * Checksum of a Sensirion data word: CRC-8, polynomial 0x31, start 0xFF, no reflection
 * (SHT3x-DIS datasheet version 5, section 4.12, table 20; its example: 0xBEEF gives 0x92).
 *
 * @param start 0 for the Si7021 and the HTU21D, whose checksum is otherwise the same
 */
export function sensirionCrc(msb: number, lsb: number, start = 0xff): number {
  let crc = start;
  for (const byte of [msb, lsb]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80 ? (crc << 1) ^ 0x31 : crc << 1) & 0xff;
  }
  return crc;
}

/** Whether every three bytes of a reply are a word with its right checksum. */
export function areWordsIntact(reply: Uint8Array, start = 0xff): boolean {
  if (reply.length === 0 || reply.length % 3 !== 0) return false;
  for (let i = 0; i < reply.length; i += 3) {
    if (sensirionCrc(reply[i] ?? 0, reply[i + 1] ?? 0, start) !== reply[i + 2]) return false;
  }
  return true;
}
