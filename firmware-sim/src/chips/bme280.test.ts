import { describe, expect, it } from 'vitest';
import { constantWorld } from '../world/world.ts';
import { Bme280 } from './bme280.ts';
import {
  codeFor,
  compensatedHumidityPct,
  compensatedPressurePa,
  EXAMPLE_TRIM,
  fineTemperature,
} from './bme280-compensation.ts';
import type { ChipSurroundings } from './chip.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function chipIn(values: Parameters<typeof constantWorld>[0] = {}) {
  let nowMs = 1000;
  const surroundings: ChipSurroundings = { world: constantWorld(values), now: () => nowMs };
  const chip = new Bme280(surroundings);
  chip.powerOn();
  const read = (register: number, length: number) => {
    chip.write(bytes(register));
    return [...chip.read(length)];
  };
  const data = () => {
    const d = read(0xf7, 8);
    const twenty = (i: number) => ((d[i] ?? 0) << 12) | ((d[i + 1] ?? 0) << 4) | ((d[i + 2] ?? 0) >> 4);
    return { p: twenty(0), t: twenty(3), h: ((d[6] ?? 0) << 8) | (d[7] ?? 0) };
  };
  return { chip, read, data, wait: (ms: number) => (nowMs += ms) };
}

describe('compensation of the BME280', () => {
  it('gives the temperature and pressure of the worked example in the datasheet', () => {
    const fine = fineTemperature(519888, EXAMPLE_TRIM);
    expect(fine / 5120).toBeCloseTo(25.08, 2);
    expect(compensatedPressurePa(415148, fine, EXAMPLE_TRIM)).toBeCloseTo(100653.27, 1);
  });

  it.each([-40, -18.37, 0, 25, 84])('is inverted at %d °C to better than the resolution', (celsius) => {
    const code = codeFor(celsius * 5120, 1 << 20, (c) => fineTemperature(c, EXAMPLE_TRIM));
    const fine = fineTemperature(code, EXAMPLE_TRIM);
    expect(fine / 5120).toBeCloseTo(celsius, 2);
    for (const pct of [1, 55, 99]) {
      const codeH = codeFor(pct, 1 << 16, (c) => compensatedHumidityPct(c, fine, EXAMPLE_TRIM));
      expect(compensatedHumidityPct(codeH, fine, EXAMPLE_TRIM)).toBeCloseTo(pct, 1);
    }
  });
});

describe('the BME280 model', () => {
  it('answers with its id and, asleep after power-up, with the codes of channels never measured', () => {
    const { read, data } = chipIn();
    expect(read(0xd0, 1)).toEqual([0x60]);
    expect(data()).toEqual({ p: 0x80000, t: 0x80000, h: 0x8000 });
  });

  it('stores a negative H5 as a signed 12-bit value', () => {
    const { read } = chipIn();
    const [e4 = 0, e5 = 0, e6 = 0] = read(0xe4, 3);
    expect((((e6 << 4) | (e5 >> 4)) << 20) >> 20).toBe(-20);
    expect(((e4 << 4) | (e5 & 0xf)) & 0xfff).toBe(313);
  });

  it('measures in normal mode, but humidity only once its oversampling is in force', () => {
    const { chip, data, wait } = chipIn({
      temperatureC: 7.77,
      relativeHumidityPct: 61.5,
      pressurePa: 98_450,
    });
    chip.write(bytes(0xf4, 0xb7));
    chip.write(bytes(0xf2, 0x05));
    wait(200);
    const first = data();
    const fine = fineTemperature(first.t, EXAMPLE_TRIM);
    expect(fine / 5120).toBeCloseTo(7.77, 2);
    expect(compensatedPressurePa(first.p, fine, EXAMPLE_TRIM)).toBeCloseTo(98_450, -1);
    expect(first.h).toBe(0x8000);
    chip.write(bytes(0xf4, 0xb7));
    wait(200);
    expect(compensatedHumidityPct(data().h, fine, EXAMPLE_TRIM)).toBeCloseTo(61.5, 1);
  });

  it('says that it is measuring, and goes back to sleep after one forced conversion', () => {
    const { chip, read, data, wait } = chipIn({ temperatureC: 21 });
    chip.write(bytes(0xf4, 0x25));
    wait(1);
    expect((read(0xf3, 1)[0] ?? 0) & 8).toBe(8);
    expect(data().t).toBe(0x80000);
    wait(20);
    expect(fineTemperature(data().t, EXAMPLE_TRIM) / 5120).toBeCloseTo(21, 2);
    expect(read(0xf3, 2)).toEqual([0, 0x24]);
  });

  it('forgets its modes and its values on a soft reset', () => {
    const { chip, read, data, wait } = chipIn();
    chip.write(bytes(0xf4, 0xb7));
    wait(500);
    expect(data().t).not.toBe(0x80000);
    chip.write(bytes(0xe0, 0xb6));
    expect(read(0xf3, 2)).toEqual([1, 0]);
    expect(data().t).toBe(0x80000);
    wait(2);
    expect(read(0xf3, 1)).toEqual([0]);
  });
});
