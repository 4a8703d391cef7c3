import { describe, expect, it } from 'vitest';
import { constantWorld } from '../world/world.ts';
import { crc8 } from './crc8.ts';
import { Sht31 } from './sht31.ts';

function chipAt(temperatureC: number, relativeHumidityPct: number) {
  let nowMs = 1000;
  const chip = new Sht31({
    world: constantWorld({ temperatureC, relativeHumidityPct }),
    now: () => nowMs,
  });
  chip.powerOn();
  const command = (code: number) => chip.write(Uint8Array.of(code >> 8, code & 0xff));
  return { chip, command, wait: (ms: number) => (nowMs += ms) };
}

describe('the SHT31 model', () => {
  it('uses the checksum of the datasheet example', () => {
    expect(crc8(0xbe, 0xef)).toBe(0x92);
  });

  it.each([
    [0x2400, 15.5],
    [0x240b, 6.5],
    [0x2416, 4.5],
  ])('does not acknowledge a read before command %i is done after %d ms', (code, ms) => {
    const { chip, command, wait } = chipAt(-18.37, 61.5);
    expect(command(code)).toBe(true);
    wait(ms - 0.1);
    expect(chip.read(6)).toBeUndefined();
    expect(command(0xf32d)).toBe(false);
    wait(0.1);
    const [th = 0, tl = 0, tc, hh = 0, hl = 0, hc] = chip.read(6) ?? [];
    expect(-45 + (175 * ((th << 8) | tl)) / 65535).toBeCloseTo(-18.37, 2);
    expect((100 * ((hh << 8) | hl)) / 65535).toBeCloseTo(61.5, 2);
    expect([tc, hc]).toEqual([crc8(th, tl), crc8(hh, hl)]);
    expect(chip.read(6)).toBeUndefined();
  });

  it('reports a reset in its status until it is cleared', () => {
    const { chip, command, wait } = chipAt(20, 50);
    command(0xf32d);
    expect([...(chip.read(3) ?? [])]).toEqual([0x80, 0x10, crc8(0x80, 0x10)]);
    command(0x3041);
    command(0xf32d);
    expect([...(chip.read(3) ?? [])]).toEqual([0, 0, crc8(0, 0)]);
    command(0x30a2);
    expect(command(0xf32d)).toBe(false);
    wait(1.5);
    command(0xf32d);
    expect(chip.read(3)?.[1]).toBe(0x10);
  });

  it('does not acknowledge a command that it does not know', () => {
    expect(chipAt(20, 50).command(0x1234)).toBe(false);
  });
});
