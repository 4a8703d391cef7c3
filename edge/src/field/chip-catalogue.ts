import { areWordsIntact } from '../io/policies/sensirion-crc.ts';
import type { I2cTransport } from '../io/transport.ts';

/** A kind of chip that can be told by a question that changes nothing in it, nor in another chip at its address. */
export interface ChipKind {
  /** Names for the table and for the grid, the latter at most four letters. */
  name: string;
  mark: string;
  /** Names by which the agent's configuration asks for it. */
  configured: readonly string[];
  addresses: readonly number[];
  /** Rejects with an I2cFault where the chip does not answer the question. */
  isThere(bus: I2cTransport, address: number): Promise<boolean>;
}

const BOSCH = [0x76, 0x77];
const ANALOG_DEVICES = [0x1d, 0x53];
const ST = [0x18, 0x19];
const SENSIRION = [0x44, 0x45];

/** In the order in which they are asked; the first that says yes is it. */
export const CHIP_KINDS: readonly ChipKind[] = [
  // Register id, 0xD0 (datasheets BST-BME280-DS002, BST-BMP280-DS001 and BST-BME680-DS001, memory map).
  chip('BME280', 'BME2', ['bme280'], BOSCH, registerIs(0xd0, [0x60])),
  chip('BMP280', 'BMP2', ['bmp280'], BOSCH, registerIs(0xd0, [0x58])),
  chip('BME680', 'BME6', [], BOSCH, registerIs(0xd0, [0x61])),
  // DEVID, 0x00: the two have the same (ADXL345 rev. G and ADXL375 rev. B, Register 0x00).
  chip('ADXL375 or ADXL345', 'ADXL', ['adxl375', 'adxl345'], ANALOG_DEVICES, registerIs(0x00, [0xe5])),
  // DEVID_AD, DEVID_MST and PARTID (ADXL372 datasheet, register map).
  chip('ADXL372', 'A372', ['adxl372'], ANALOG_DEVICES, registerIs(0x00, [0xad, 0x1d, 0xfa])),
  // WHO_AM_I, 0x0F (LIS3DH and H3LIS331DL datasheets, register mapping).
  chip('LIS3DH', 'LIS3', ['lis3dh'], ST, registerIs(0x0f, [0x33])),
  chip('H3LIS331DL', 'H3LI', ['h3lis331dl'], ST, registerIs(0x0f, [0x32])),
  // Device id, upper byte of register 0x07 (MCP9808 datasheet, Device ID and Revision ID Register).
  chip('MCP9808', 'MCP9', [], [0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1e, 0x1f], registerIs(0x07, [0x04])),
  // Read out of status register (SHT3x-DIS datasheet version 5, table 17).
  chip('SHT3x', 'SHT3', ['sht31d'], SENSIRION, repliesInWords([0xf3, 0x2d], 3)),
  // Read serial number (SHT4x datasheet, command overview).
  chip('SHT4x', 'SHT4', ['sht4x'], [...SENSIRION, 0x46], repliesInWords([0x89], 6)),
  // Electronic id, second access, whose first byte names the part (Si7021-A20 datasheet, Electronic Serial Number).
  chip('Si7021', 'Si70', ['si7021'], [0x40], commandReplies([0xfc, 0xc9], 0x15)),
  chip('HTU21D', 'HTU2', ['htu21d'], [0x40], commandReplies([0xfc, 0xc9], 0x32)),
  // Device_ID, 0x0F; the upper four bits are the revision (TMP117 datasheet, Device ID Register).
  chip('TMP117', 'TMP1', ['tmp117'], [0x48, 0x49, 0x4a, 0x4b], async (bus, address) => {
    const [msb = 0, lsb = 0] = await bus.writeRead(address, Uint8Array.of(0x0f), 2);
    return (((msb << 8) | lsb) & 0x0fff) === 0x117;
  }),
  // WHO_AM_I, 0x75 (MPU-6000 and MPU-6050 register map).
  chip('MPU6050', 'MPU6', ['mpu6050'], [0x68, 0x69], registerIs(0x75, [0x68])),
];

/** Every kind that may sit at the address. */
export function kindsAt(address: number): ChipKind[] {
  return CHIP_KINDS.filter((kind) => kind.addresses.includes(address));
}

/** Whether the configuration's name for a chip means this kind. */
export function isKind(kind: ChipKind, configuredName: string): boolean {
  return kind.configured.includes(configuredName);
}

function chip(
  name: string,
  mark: string,
  configured: readonly string[],
  addresses: readonly number[],
  isThere: ChipKind['isThere'],
): ChipKind {
  return { name, mark, configured, addresses, isThere };
}

function registerIs(register: number, expected: readonly number[]): ChipKind['isThere'] {
  return async (bus, address) => {
    const reply = await bus.writeRead(address, Uint8Array.of(register), expected.length);
    return expected.every((byte, i) => reply[i] === byte);
  };
}

/** The reply must have right checksums and not be a bus that nobody drives. */
function repliesInWords(command: readonly number[], length: number): ChipKind['isThere'] {
  return async (bus, address) => {
    await bus.write(address, Uint8Array.from(command));
    return areWordsIntact(await bus.read(address, length));
  };
}

function commandReplies(command: readonly number[], first: number): ChipKind['isThere'] {
  return async (bus, address) => {
    const reply = await bus.writeRead(address, Uint8Array.from(command), 1);
    return reply[0] === first;
  };
}
