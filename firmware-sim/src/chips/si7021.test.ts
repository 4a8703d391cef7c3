import { describe, expect, it } from 'vitest';
import { constantWorld } from '../world/world.ts';
import { crc8 } from './crc8.ts';
import { Htu21d, Si7021 } from './si7021.ts';

const CHIPS = [
  { name: 'Si7021', Chip: Si7021, temperatureMs: 10.8, humidityMs: 22.8 },
  { name: 'HTU21D', Chip: Htu21d, temperatureMs: 50, humidityMs: 16 },
];

function chipAt(Chip: typeof Si7021 | typeof Htu21d, temperatureC = -18.37, relativeHumidityPct = 61.5) {
  let nowMs = 1000;
  const world = constantWorld({ temperatureC, relativeHumidityPct });
  const chip = new Chip({ world, now: () => nowMs });
  chip.powerOn();
  return {
    chip,
    command: (...bytes: number[]) => chip.write(Uint8Array.from(bytes)),
    wait: (ms: number) => (nowMs += ms),
  };
}

const wordOf = ([msb = 0, lsb = 0]: Uint8Array = new Uint8Array(2)) => (msb << 8) | lsb;
const celsius = (word: number) => -46.85 + (175.72 * (word & 0xfffc)) / 0x10000;
const percent = (word: number) => -6 + (125 * (word & 0xfffc)) / 0x10000;

it('uses the checksum of the example in the datasheet of the HTU21D', () => {
  expect(crc8(0x68, 0x3a, 0)).toBe(0x7c);
  expect(crc8(0x4e, 0x85, 0)).toBe(0x6b);
});

describe.each(CHIPS)('the $name model', ({ Chip, temperatureMs, humidityMs }) => {
  it('keeps what is written to its user register; a soft reset takes back all but the heater', () => {
    const { chip, command, wait } = chipAt(Chip);
    const userRegister = () => {
      command(0xe7);
      return chip.read(1)?.[0] ?? Number.NaN;
    };
    const atStart = userRegister();
    command(0xe6, (atStart | 0x04) ^ 0x01);
    expect(userRegister()).toBe((atStart | 0x04) ^ 0x01);
    command(0xfe);
    wait(15);
    expect(userRegister()).toBe(atStart | 0x04);
    chip.powerOn();
    expect(userRegister()).toBe(atStart);
  });

  it('does not acknowledge a read before the measurement is over, and answers once', () => {
    const { chip, command, wait } = chipAt(Chip);
    command(0xf3);
    wait(temperatureMs - 0.1);
    expect(chip.read(3)).toBeUndefined();
    expect(command(0xf5)).toBe(false);
    wait(0.1);
    const temperature = chip.read(3);
    expect(celsius(wordOf(temperature))).toBeCloseTo(-18.37, 1);
    expect(temperature?.[2]).toBe(crc8(temperature?.[0] ?? 0, temperature?.[1] ?? 0, 0));
    expect(chip.read(3)).toBeUndefined();
    command(0xf5);
    wait(humidityMs);
    const humidity = wordOf(chip.read(3));
    expect(percent(humidity)).toBeCloseTo(61.5, 1);
    expect(humidity & 3).toBe(2);
  });

  it('loses the first bit of a reply for which it holds the clock', () => {
    const { chip, command, wait } = chipAt(Chip);
    command(0xf3);
    wait(temperatureMs);
    const sent = wordOf(chip.read(2));
    command(0xe3);
    const heard = wordOf(chip.read(2));
    expect(heard >> 1).toBe(sent & 0x7fff);
    expect(celsius(heard)).not.toBeCloseTo(-18.37, 0);
  });

  it('reads above 100 % where the air is saturated and the chip a little off', () => {
    const { chip, command, wait } = chipAt(Chip, 20, 103);
    command(0xf5);
    wait(humidityMs);
    expect(percent(wordOf(chip.read(2)))).toBeCloseTo(103, 1);
  });

  it('is deaf during a soft reset', () => {
    const { command, wait } = chipAt(Chip);
    expect(command(0xfe)).toBe(true);
    expect(command(0xf3)).toBe(false);
    wait(15);
    expect(command(0xf3)).toBe(true);
  });
});

it('tells the two apart by id and user register', () => {
  const si7021 = chipAt(Si7021);
  expect(si7021.command(0xfc, 0xc9)).toBe(true);
  expect([...(si7021.chip.read(1) ?? [])]).toEqual([0x15]);
  si7021.command(0xe7);
  expect([...(si7021.chip.read(1) ?? [])]).toEqual([0x3a]);
  const htu21d = chipAt(Htu21d);
  expect(htu21d.command(0xfc, 0xc9)).toBe(false);
  htu21d.command(0xe7);
  expect([...(htu21d.chip.read(1) ?? [])]).toEqual([0x02]);
});
