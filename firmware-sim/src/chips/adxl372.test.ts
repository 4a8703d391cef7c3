import { describe, expect, it } from 'vitest';
import { constantWorld, type World } from '../world/world.ts';
import { Adxl372 } from './adxl372.ts';
import type { AccelerometerOptions } from './sample-fifo.ts';

/** The time itself on every axis, one count a millisecond, and further apart by axis. */
const clockWorld: World = {
  ...constantWorld(),
  accelerationG(ms, out) {
    for (let axis = 0; axis < 3; axis++) out[axis] = (ms - 370) * 0.1 + axis * 20;
  },
};

function chipIn(world: World, options: AccelerometerOptions = {}) {
  let nowMs = 0;
  const chip = new Adxl372({ world, now: () => nowMs }, options);
  chip.powerOn();
  const write = (...bytes: number[]) => chip.write(Uint8Array.from(bytes));
  const read = (register: number, length = 1) => {
    write(register);
    return chip.read(length);
  };
  const one = (register: number) => read(register)[0] ?? 0;
  const entries = () => {
    const [high = 0, low = 0] = read(0x06, 2);
    return (high << 8) | low;
  };
  /** Words of the FIFO as value and mark. */
  const words = (count: number) => {
    const raw = read(0x42, count * 2);
    const view = new DataView(raw.buffer);
    return Array.from({ length: count }, (_, i) => ({
      value: view.getInt16(i * 2) >> 4,
      isX: (view.getInt16(i * 2) & 1) === 1,
    }));
  };
  /** 1600 Hz, streamed, without the high-pass filter; then as long as the filters take. */
  const stream = () => {
    write(0x39, 96);
    write(0x3a, 0x02);
    write(0x3b, 0x0c);
    write(0x3d, 0x40);
    write(0x3f, 0x07);
    nowMs += 370;
  };
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { write, read, one, entries, words, stream, chip, wait };
}

describe('the ADXL372 model', () => {
  it('says who it is, and its ids cannot be written', () => {
    const { read, write } = chipIn(constantWorld());
    write(0x00, 1, 2, 3);
    expect([...read(0x00, 3)]).toEqual([0xad, 0x1d, 0xfa]);
  });

  it('gives no sample before its filters have settled', () => {
    const { stream, entries, wait } = chipIn(clockWorld);
    stream();
    expect(entries()).toBe(0);
    wait(10);
    expect(entries()).toBe(16 * 3);
  });

  it('marks the x of each triplet, and its FIFO register does not go on', () => {
    const { stream, words, wait } = chipIn(clockWorld);
    stream();
    wait(1.3);
    const [x1, y1, z1, x2] = words(4);
    expect([x1, y1, z1].map((word) => word?.isX)).toEqual([true, false, false]);
    expect([x1?.value, y1?.value, z1?.value]).toEqual([1, 201, 401]);
    expect(x2).toEqual({ value: 1, isX: true });
  });

  it('keeps the newest 170 triplets, says that it lost the others, and raises INT1 at its watermark', () => {
    const { stream, one, entries, words, wait, chip } = chipIn(clockWorld);
    stream();
    wait(19.9);
    expect([one(0x04), chip.isInterruptHigh()]).toEqual([0x03, false]);
    wait(0.2);
    expect([one(0x04), chip.isInterruptHigh()]).toEqual([0x07, true]);
    wait(180);
    expect(entries()).toBe(510);
    expect(one(0x04) & 0x08).toBe(0x08);
    expect(words(1)[0]?.value).toBe(Math.round((320 - 169) * 0.625));
    expect(one(0x04) & 0x08).toBe(0);
  });

  it('puts words out of order after it was emptied, and not while a triplet is left', () => {
    const { stream, words, wait } = chipIn(clockWorld);
    stream();
    wait(2.6);
    words(9);
    wait(0.7);
    expect(words(1)[0]?.isX).toBe(true);
    words(5);
    wait(0.7);
    expect(words(3).map((word) => word.isX)).toEqual([false, false, false]);
  });

  it('takes settings of the FIFO in standby only', () => {
    const { stream, write, one } = chipIn(constantWorld());
    stream();
    write(0x3a, 0);
    expect(one(0x3a)).toBe(0x02);
    write(0x3f, 0);
    write(0x3a, 0);
    expect(one(0x3a)).toBe(0);
  });

  it('has no gravity behind its high-pass filter, which is on after a reset', () => {
    const { stream, words, write, wait } = chipIn(constantWorld());
    stream();
    wait(2);
    expect(words(3)[2]?.value).toBe(10);
    write(0x41, 0x52);
    write(0x3a, 0x02);
    write(0x3d, 0x40);
    write(0x3f, 0x03);
    wait(372);
    expect(words(3)[2]?.value).toBe(0);
  });

  it('stops at 204.7 g and runs as fast as its oscillator', () => {
    const world = constantWorld({ accelerationG: [-300, 300, 0] });
    const { stream, words, entries, wait } = chipIn(world, { oscillatorErrorPpm: 31_000 });
    stream();
    wait(20);
    expect(entries()).toBe(Math.floor(20 * 1.6 * 1.031) * 3);
    expect(words(2).map((word) => word.value)).toEqual([-2048, 2047]);
  });

  it.each([
    { isSelfTestDead: false, delta: 30, register: 0x07 },
    { isSelfTestDead: true, delta: 0, register: 0x03 },
  ])('ends a self-test after 300 ms (%o)', ({ isSelfTestDead, delta, register }) => {
    const { stream, write, words, one, wait } = chipIn(constantWorld(), { isSelfTestDead });
    stream();
    write(0x40, 1);
    wait(299);
    expect(one(0x40)).toBe(1);
    wait(1);
    expect(one(0x40)).toBe(register);
    expect(words(3)[2]?.value).toBe(10 + delta);
  });
});
