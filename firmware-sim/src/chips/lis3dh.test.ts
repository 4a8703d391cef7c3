import { describe, expect, it } from 'vitest';
import { constantWorld, type World } from '../world/world.ts';
import { Lis3dh } from './lis3dh.ts';
import type { AccelerometerOptions } from './sample-fifo.ts';

/** The time itself on every axis, one count of normal mode at ±16 g a millisecond. */
const clockWorld: World = {
  ...constantWorld(),
  accelerationG: (ms, out) => out.fill(ms * 0.048),
};

function chipIn(world: World, options: AccelerometerOptions = {}) {
  let nowMs = 0;
  const chip = new Lis3dh({ world, now: () => nowMs }, options);
  chip.powerOn();
  const write = (...bytes: number[]) => chip.write(Uint8Array.from(bytes));
  const read = (register: number, length = 1) => {
    write(register);
    return chip.read(length);
  };
  const one = (register: number) => read(register)[0] ?? 0;
  /** Words of a burst from the first data register on. */
  const burst = (words: number) => {
    const raw = read(0x28 | 0x80, words * 2);
    const view = new DataView(raw.buffer);
    return Array.from({ length: words }, (_, i) => view.getInt16(i * 2, true));
  };
  const stream = (control4 = 0xb0) => {
    write(0x22, 0x06);
    write(0x23, control4);
    write(0x24, 0x40);
    write(0x2e, 0x80 | 11);
    write(0x20, 0x97);
  };
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { write, read, one, burst, stream, chip, wait };
}

describe('the LIS3DH model', () => {
  it('has the reset values of the datasheet and its id cannot be written', () => {
    const { one, write } = chipIn(constantWorld());
    write(0x0f, 0x11);
    expect([one(0x0f), one(0x20), one(0x23), one(0x2f)]).toEqual([0x33, 0x07, 0, 0x20]);
  });

  it('goes on to the next register only where the address has its upper bit', () => {
    const { read, stream } = chipIn(constantWorld());
    stream();
    expect([...read(0x22, 3)]).toEqual([0x06, 0x06, 0x06]);
    expect([...read(0x22 | 0x80, 3)]).toEqual([0x06, 0xb0, 0x40]);
  });

  it('gives its FIFO in one burst, at 1344 Hz and in order', () => {
    const { stream, burst, one, wait } = chipIn(clockWorld);
    stream();
    wait(10);
    expect(one(0x2f)).toBe(0x80 | 13);
    const words = burst(39);
    for (const [i, word] of words.entries())
      expect(word >> 6).toBe(Math.round(((Math.floor(i / 3) + 1) * 1000) / 1344));
    expect(one(0x2f)).toBe(0x20);
  });

  it('shows the 32nd sample as an overrun, and keeps the newest', () => {
    const { stream, burst, one, wait, chip } = chipIn(clockWorld);
    stream();
    wait(31.5 * (1000 / 1344));
    expect(one(0x2f)).toBe(0x80 | 31);
    wait(1000 / 1344);
    expect(one(0x2f)).toBe(0xc0 | 31);
    wait(60);
    expect(chip.isInterruptHigh()).toBe(true);
    const newest = Math.floor((60 + 32.5 * (1000 / 1344)) * 1.344);
    expect((burst(3)[0] ?? 0) >> 6).toBe(Math.round(((newest - 31) * 1000) / 1344));
    expect(one(0x2f) & 0x40).toBe(0);
  });

  it.each([
    [0xb0, 1 / 0.048, 6],
    [0xb8, 1 / 0.012, 4],
    [0x80, 1 / 0.004, 6],
  ])('scales by CTRL_REG4 %s', (control4, countsPerG, shift) => {
    const { stream, burst, wait } = chipIn(constantWorld());
    stream(control4);
    wait(1);
    expect((burst(3)[2] ?? 0) >> shift).toBe(Math.round(countsPerG));
  });

  it.each([
    [0x80, false, 0],
    [0x82, false, 0.7],
    [0x84, false, -0.7],
    [0x82, true, 0],
  ])('moves by its self-test (CTRL_REG4 %s, dead: %s) by %d g', (control4, isSelfTestDead, pushG) => {
    const { stream, burst, wait } = chipIn(constantWorld({ accelerationG: [0, 0, 0] }), { isSelfTestDead });
    stream(control4);
    wait(1);
    expect(((burst(3)[1] ?? 0) >> 6) * 0.004).toBeCloseTo(pushG, 2);
  });
});
