/** CRC-8 with polynomial 0x31 and start 0xFF over one word (Sensirion SHT3x datasheet, checksum calculation): BEEF gives 92. */
export function crc8(high: number, low: number): number {
  let crc = 0xff;
  for (const byte of [high, low]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x31 : 0)) & 0xff;
  }
  return crc;
}
