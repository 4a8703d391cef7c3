import { expect, test } from 'vitest';
import { AddressedBus } from '../io/testing/addressed-bus.ts';
import { scanBus } from './bus-scan.ts';
import { scanText } from './scan-text.ts';

const BME280_AT_76 = { 118: () => [0x60] };

test('shows a chip in its place of the grid and compares it with the configuration', async () => {
  const scanned = await scanBus(new AddressedBus(BME280_AT_76));
  const text = scanText(scanned, [{ chip: 'bme280', address: 0x76 }]);
  expect(text).toMatch(/^70: {3}-- {3}-- {3}-- {3}-- {3}-- {3}-- BME2 {3}--$/m);
  expect(text).toMatch(/^0x76 +BME280 +as configured$/m);
});

test.each([
  [{ chip: 'sht31d', address: 0x44 }, /0x44 +no answer +sht31d is configured, nobody answers/],
  [{ chip: 'bmp280', address: 0x76 }, /0x76 +BME280 +bmp280 is configured here/],
  [{ chip: 'bme280', address: 0x77 }, /0x76 +BME280 +not configured/],
])('says what differs from %o', async (expected, line) => {
  expect(scanText(await scanBus(new AddressedBus(BME280_AT_76)), [expected])).toMatch(line);
});

test('an empty bus is said to be empty', async () => {
  expect(scanText(await scanBus(new AddressedBus({})), [])).toContain('Nobody answers.');
});

test('a bus on which nothing can be asked is a fault of the lines, not a list of missing chips', () => {
  const scanned = Array.from({ length: 4 }, (_, i) => ({
    address: 8 + i,
    answer: { kind: 'held' as const },
  }));
  const text = scanText(scanned, [{ chip: 'bme280', address: 0x76 }]);
  expect(text).toContain('check SDA and SCL');
  expect(text).not.toContain('nobody answers');
});
