import { describe, expect, it } from 'vitest';
import { constantWorld, type World } from '../world/world.ts';
import { Adxl345, Adxl375 } from './adxl34x.ts';
import type { AccelerometerOptions } from './sample-fifo.ts';

const STREAM_16 = 0x90;

function chipIn(world: World, options: AccelerometerOptions = {}, Model = Adxl375) {
  let nowMs = 0;
  const chip = new Model({ world, now: () => nowMs }, options);
  chip.powerOn();
  const write = (...bytes: number[]) => chip.write(Uint8Array.from(bytes));
  const read = (register: number, length = 1) => {
    write(register);
    return chip.read(length);
  };
  const one = (register: number) => read(register)[0] ?? 0;
  const entry = () => {
    const raw = read(0x32, 6);
    const view = new DataView(raw.buffer);
    return [view.getInt16(0, true), view.getInt16(2, true), view.getInt16(4, true)];
  };
  const stream = () => {
    write(0x2c, 0x0d);
    write(0x38, STREAM_16);
    write(0x2d, 0x08);
  };
  return { write, read, one, entry, stream, chip, wait: (ms: number) => (nowMs += ms) };
}

/** The time itself on every axis: a sample then tells when it was taken, one count a millisecond. */
const clockWorld: World = {
  ...constantWorld(),
  accelerationG: (ms, out) => out.fill(ms * 0.049),
};

describe('the ADXL375 model', () => {
  it('has the reset values of the datasheet and its id cannot be written', () => {
    const { one, write } = chipIn(constantWorld());
    write(0x00, 0x11);
    expect([one(0x00), one(0x2c), one(0x2d), one(0x30), one(0x31), one(0x39)]).toEqual([
      0xe5, 0x0a, 0, 0x02, 0x0b, 0,
    ]);
  });

  it('makes no samples before it is told to measure', () => {
    const { one, wait, write } = chipIn(constantWorld());
    write(0x38, STREAM_16);
    wait(1000);
    expect(one(0x39)).toBe(0);
  });

  it('fills its FIFO at 800 Hz and gives it back in order, one entry a read', () => {
    const { stream, wait, one, entry } = chipIn(clockWorld);
    stream();
    wait(12.6);
    expect(one(0x39)).toBe(10);
    expect(Array.from({ length: 10 }, () => entry()[0])).toEqual(
      Array.from({ length: 10 }, (_, i) => Math.round((i + 1) * 1.25)),
    );
    expect(one(0x39)).toBe(0);
  });

  it('raises the watermark at its level and drops it when the FIFO is read below', () => {
    const { stream, wait, one, entry } = chipIn(constantWorld());
    stream();
    wait(15 * 1.25);
    expect(one(0x30)).toBe(0x80);
    wait(1.25);
    expect(one(0x30)).toBe(0x82);
    entry();
    expect(one(0x30)).toBe(0x80);
  });

  it('keeps the newest 33 samples and says that it lost the others, until data is read', () => {
    const { stream, wait, one, entry } = chipIn(clockWorld);
    stream();
    wait(100);
    expect(one(0x39)).toBe(33);
    expect(one(0x30) & 1).toBe(1);
    expect(entry()[0]).toBe(Math.round((80 - 32) * 1.25));
    expect(one(0x30) & 1).toBe(0);
  });

  it('is emptied by bypass mode', () => {
    const { stream, wait, one, write } = chipIn(constantWorld());
    stream();
    wait(20);
    write(0x38, 0);
    expect(one(0x39)).toBe(0);
  });

  it('runs as fast as its oscillator', () => {
    const { stream, wait, one } = chipIn(constantWorld(), { oscillatorErrorPpm: 31_000 });
    stream();
    wait(30);
    expect(one(0x39)).toBe(24);
  });

  it('gives 49 mg a count, adds the offset registers and stops at ±200 g', () => {
    const { stream, wait, entry, write } = chipIn(constantWorld({ accelerationG: [12, -300, 150] }));
    write(0x1e, 5, 0, 0xff);
    stream();
    wait(2);
    const [x = 0, y = 0, z = 0] = entry();
    expect(x * 0.049).toBeCloseTo(12.98, 1);
    expect(y).toBe(-4096);
    expect(z * 0.049).toBeCloseTo(149.804, 1);
  });

  it('has noise of the density of the datasheet, the same for the same seed', () => {
    const counts = (seed: number) => {
      const { stream, wait, entry } = chipIn(constantWorld({ accelerationG: [0, 0, 0] }), {
        noiseSeed: seed,
      });
      stream();
      return Array.from({ length: 2000 }, () => {
        wait(1.25);
        return (entry()[0] ?? 0) * 0.049;
      });
    };
    const first = counts(7);
    expect(counts(7)).toEqual(first);
    const rmsG = Math.sqrt(first.reduce((sum, g) => sum + g * g, 0) / first.length);
    expect(rmsG).toBeGreaterThan(0.09);
    expect(rmsG).toBeLessThan(0.115);
  });

  it('loses its settings when the supply fails', () => {
    const { stream, chip, one, wait } = chipIn(constantWorld());
    stream();
    chip.powerOn();
    wait(50);
    expect([one(0x2d), one(0x2c), one(0x39)]).toEqual([0, 0x0a, 0]);
  });
});

it('raises INT1 at the watermark while that is enabled, and lowers it when the FIFO is read below', () => {
  const { stream, write, wait, chip, entry } = chipIn(constantWorld());
  stream();
  wait(16 * 1.25);
  expect(chip.isInterruptHigh()).toBe(false);
  write(0x2e, 0x02);
  expect(chip.isInterruptHigh()).toBe(true);
  entry();
  expect(chip.isInterruptHigh()).toBe(false);
});

it.each([
  { isSelfTestDead: false, z: 6.4 },
  { isSelfTestDead: true, z: 0 },
])(
  'pushes its mass by $z g in self-test where isSelfTestDead is $isSelfTestDead',
  ({ isSelfTestDead, z }) => {
    const { stream, write, wait, entry } = chipIn(constantWorld(), { isSelfTestDead });
    stream();
    wait(1.3);
    const before = entry()[2] ?? 0;
    write(0x31, 0x8b);
    wait(1.3);
    expect(((entry()[2] ?? 0) - before) * 0.049).toBeCloseTo(z, 1);
  },
);

describe('the ADXL345 model', () => {
  const world = constantWorld({ accelerationG: [1, -3, 20] });
  const counts = (format: number) => {
    const { write, stream, wait, entry } = chipIn(world, {}, Adxl345);
    write(0x31, format);
    stream();
    wait(1.3);
    return entry();
  };

  it.each([
    [0x00, [256, -512, 511]],
    [0x03, [32, -96, 511]],
    [0x0b, [256, -768, 4095]],
  ])('scales by DATA_FORMAT %s', (format, expected) => {
    expect(counts(format)).toEqual(expected);
  });

  it('starts at ±2 g, with the id of an ADXL375', () => {
    const { one } = chipIn(world, {}, Adxl345);
    expect([one(0x00), one(0x31)]).toEqual([0xe5, 0]);
  });
});
