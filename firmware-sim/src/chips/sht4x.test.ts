import { expect, it } from 'vitest';
import { constantWorld } from '../world/world.ts';
import { crc8 } from './crc8.ts';
import { Sht4x } from './sht4x.ts';

function chipAt(temperatureC: number, relativeHumidityPct: number) {
  let nowMs = 1000;
  const chip = new Sht4x({ world: constantWorld({ temperatureC, relativeHumidityPct }), now: () => nowMs });
  chip.powerOn();
  return {
    chip,
    command: (code: number) => chip.write(Uint8Array.of(code)),
    wait: (ms: number) => (nowMs += ms),
  };
}

it.each([
  [0xfd, 8.3],
  [0xf6, 4.5],
  [0xe0, 1.6],
])('does not acknowledge a read before command %i is done after %d ms', (code, ms) => {
  const { chip, command, wait } = chipAt(-18.37, 61.5);
  expect(command(code)).toBe(true);
  wait(ms - 0.1);
  expect(chip.read(6)).toBeUndefined();
  expect(command(0x89)).toBe(false);
  wait(0.1);
  const [th = 0, tl = 0, tc, hh = 0, hl = 0, hc] = chip.read(6) ?? [];
  expect(-45 + (175 * ((th << 8) | tl)) / 65535).toBeCloseTo(-18.37, 2);
  expect(-6 + (125 * ((hh << 8) | hl)) / 65535).toBeCloseTo(61.5, 2);
  expect([tc, hc]).toEqual([crc8(th, tl), crc8(hh, hl)]);
  expect(chip.read(6)).toBeUndefined();
});

it('gives its serial number with checksums', () => {
  const { chip, command } = chipAt(20, 50);
  command(0x89);
  const [a = 0, b = 0, crc] = chip.read(6) ?? [];
  expect(crc).toBe(crc8(a, b));
});

it('knows no command of the SHT31 at the same address, and is deaf during a soft reset', () => {
  const { chip, command, wait } = chipAt(20, 50);
  expect(chip.write(Uint8Array.of(0xf3, 0x2d))).toBe(false);
  expect(command(0x94)).toBe(true);
  expect(command(0xfd)).toBe(false);
  wait(1);
  expect(command(0xfd)).toBe(true);
});
