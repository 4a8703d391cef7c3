import { expect, test } from 'vitest';
import { sensirionCrc } from '../io/policies/sensirion-crc.ts';
import { AddressedBus, type Reply } from '../io/testing/addressed-bus.ts';
import { type Answer, askAddress, FIRST_ADDRESS, isBusStuck, LAST_ADDRESS, scanBus } from './bus-scan.ts';

/** A chip with a register pointer; a register that it does not have reads as zeros. */
const registers =
  (contents: Record<string, readonly number[]>): Reply =>
  (written) =>
    contents[written] ?? [0, 0, 0, 0, 0, 0];
/** A chip that knows some commands and acknowledges no others. */
const commands =
  (replies: Record<string, readonly number[]>): Reply =>
  (written) =>
    replies[written] ?? null;
const word = (msb: number, lsb: number) => [msb, lsb, sensirionCrc(msb, lsb)];
const nameOf = (answer: Answer) => (answer.kind === 'chip' ? answer.chip.name : answer.kind);

test.each<[name: string, address: number, chip: Reply]>([
  ['BME280', 0x76, registers({ d0: [0x60] })],
  ['BMP280', 0x77, registers({ d0: [0x58] })],
  ['BME680', 0x77, registers({ d0: [0x61] })],
  ['ADXL375 or ADXL345', 0x53, registers({ '00': [0xe5] })],
  ['ADXL372', 0x1d, registers({ '00': [0xad, 0x1d, 0xfa] })],
  ['LIS3DH', 0x18, registers({ '0f': [0x33] })],
  ['H3LIS331DL', 0x19, registers({ '0f': [0x32] })],
  ['MCP9808', 0x18, registers({ '07': [0x04, 0x00] })],
  ['SHT3x', 0x44, commands({ f32d: word(0x80, 0x10) })],
  ['SHT4x', 0x44, commands({ '89': [...word(0xbe, 0xef), ...word(0x12, 0x34)] })],
  ['Si7021', 0x40, commands({ fcc9: [0x15, 0xff] })],
  ['HTU21D', 0x40, commands({ fcc9: [0x32, 0xff] })],
  ['TMP117', 0x48, registers({ '0f': [0x31, 0x17] })],
  ['MPU6050', 0x68, registers({ '75': [0x68] })],
])('a %s is told by its id', async (name, address, chip) => {
  expect(nameOf(await askAddress(new AddressedBus({ [address]: chip }), address))).toBe(name);
});

test.each<[what: string, address: number, chip: Reply]>([
  ['a clock at 0x68', 0x68, registers({})],
  ['a chip with another id at 0x76', 0x76, registers({ d0: [0x55] })],
  ['a reply with a wrong checksum at 0x44', 0x44, commands({ f32d: [0x80, 0x10, 0x00] })],
  ['lines that nobody drives low at 0x44', 0x44, () => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['a display at 0x3c', 0x3c, commands({})],
])('%s is a stranger', async (_what, address, chip) => {
  expect(nameOf(await askAddress(new AddressedBus({ [address]: chip }), address))).toBe('stranger');
});

test('an EEPROM is never written to: only 0x53 is asked, by one harmless pointer', async () => {
  const memory = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [0x50 + i, registers({ '00': [0x41] })]),
  );
  const bus = new AddressedBus(memory);
  const scanned = await scanBus(bus);
  const inMemory = (address: number) => address >= 0x50 && address <= 0x5f;
  expect(bus.writes.filter((write) => inMemory(Number.parseInt(write, 16)))).toEqual(['53:00', '53:00']);
  expect(bus.probes.filter((address) => inMemory(address) || (address >= 0x30 && address <= 0x37))).toEqual(
    [],
  );
  expect(scanned.find(({ address }) => address === 0x50)?.answer.kind).toBe('unasked');
  expect(scanned.find(({ address }) => address === 0x53)?.answer.kind).toBe('stranger');
});

test('every address that may belong to a chip is in the scan once, in order', async () => {
  const scanned = await scanBus(new AddressedBus({}));
  expect(scanned.map(({ address }) => address)).toEqual(
    Array.from({ length: LAST_ADDRESS - FIRST_ADDRESS + 1 }, (_, i) => FIRST_ADDRESS + i),
  );
  expect(new Set(scanned.map(({ answer }) => answer.kind))).toEqual(new Set(['silent', 'unasked']));
  expect(isBusStuck(scanned)).toBe(false);
});

test('an address that a driver of the kernel holds is said to be held', async () => {
  const scanned = await scanBus(new AddressedBus({ 104: 'stuck' }));
  expect(scanned.filter(({ answer }) => answer.kind === 'held').map(({ address }) => address)).toEqual([
    0x68,
  ]);
});
