import type { Bme280Trim } from './bme280-compensation.ts';

/** Where the trim lies in the chip, little-endian but for the 12-bit H4 and H5 (BME280 datasheet, trimming parameter readout). */
export function trimRegisters(trim: Bme280Trim): Map<number, number> {
  const registers = new Map<number, number>();
  const word = (address: number, value: number) => {
    registers.set(address, value & 0xff);
    registers.set(address + 1, (value >> 8) & 0xff);
  };
  [trim.T1, trim.T2, trim.T3].forEach((value, i) => {
    word(0x88 + 2 * i, value);
  });
  [trim.P1, trim.P2, trim.P3, trim.P4, trim.P5, trim.P6, trim.P7, trim.P8, trim.P9].forEach((value, i) => {
    word(0x8e + 2 * i, value);
  });
  registers.set(0xa1, trim.H1);
  word(0xe1, trim.H2);
  registers.set(0xe3, trim.H3);
  registers.set(0xe4, (trim.H4 >> 4) & 0xff);
  registers.set(0xe5, (trim.H4 & 0xf) | ((trim.H5 & 0xf) << 4));
  registers.set(0xe6, (trim.H5 >> 4) & 0xff);
  registers.set(0xe7, trim.H6 & 0xff);
  return registers;
}
