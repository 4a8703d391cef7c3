/**
 * CRC-8 with polynomial 0x31 and start 0xFF over one word (Sensirion SHT3x datasheet, checksum calculation): BEEF gives 92.
 * The Si7021 and the HTU21D start with 0 (Si7021 datasheet, section 5.1): 683A gives 7C.
 */
export function crc8(high: number, low: number, start = 0xff): number {
  let crc = start;
  for (const byte of [high, low]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x31 : 0)) & 0xff;
  }
  return crc;
}
