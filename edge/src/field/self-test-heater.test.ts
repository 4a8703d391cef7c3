import { expect, test } from 'vitest';
import { sensirionCrc } from '../io/policies/sensirion-crc.ts';
import { AddressedBus, type Reply } from '../io/testing/addressed-bus.ts';
import { heaterObeys } from './self-test-heater.ts';

const SHT31 = { chip: 'sht31d', address: 0x44 } as const;
const SI7021 = { chip: 'si7021', address: 0x40 } as const;

/** A chip that keeps the state of its heater; `isStuckAt` does not. */
function sht31(isStuckAt?: boolean): Reply {
  let isOn = isStuckAt ?? false;
  return (written) => {
    if (written === '306d' || written === '3066') isOn = isStuckAt ?? written === '306d';
    const msb = isOn ? 0x20 : 0x00;
    return [msb, 0x10, sensirionCrc(msb, 0x10)];
  };
}

function si7021(): Reply {
  let user = 0x3a;
  return (written) => {
    if (written.startsWith('e6')) user = Number.parseInt(written.slice(2), 16);
    return [user];
  };
}

test('a heater that goes on and off obeys, and is off afterwards', async () => {
  const bus = new AddressedBus({ 68: sht31(), 64: si7021() });
  expect(await heaterObeys(bus, SHT31)).toBe(true);
  expect(await heaterObeys(bus, SI7021)).toBe(true);
  expect(bus.writes.filter((write) => /:30|:e6/.test(write))).toEqual([
    '44:306d',
    '44:3066',
    '40:e63e',
    '40:e63a',
  ]);
});

test.each([true, false])('a heater that stays %s does not obey', async (isOn) => {
  expect(await heaterObeys(new AddressedBus({ 68: sht31(isOn) }), SHT31)).toBe(false);
});

test('a status with a wrong checksum is no proof', async () => {
  const chip = sht31();
  const bus = new AddressedBus({ 68: (written) => [...(chip(written) ?? []).slice(0, 2), 0] });
  expect(await heaterObeys(bus, SHT31)).toBe(false);
});

test('a chip without a heater is not asked, and one that is gone is an I2C fault', async () => {
  const bus = new AddressedBus({});
  expect(await heaterObeys(bus, { chip: 'bme280', address: 0x76 })).toBeNull();
  expect(bus.writes).toEqual([]);
  await expect(heaterObeys(bus, SHT31)).rejects.toThrow('nack');
});
