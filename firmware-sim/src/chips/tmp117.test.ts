import { expect, it } from 'vitest';
import { constantWorld } from '../world/world.ts';
import { Tmp117 } from './tmp117.ts';

function chipIn(temperatureC: (wallMs: number) => number) {
  let nowMs = 0;
  const chip = new Tmp117({ world: { ...constantWorld(), temperatureC }, now: () => nowMs });
  chip.powerOn();
  const word = (register: number) => {
    chip.write(Uint8Array.of(register));
    const [msb = 0, lsb = 0] = chip.read(2);
    return (msb << 8) | lsb;
  };
  return {
    chip,
    word,
    celsius: () => ((word(0x00) << 16) >> 16) / 128,
    wait: (ms: number) => (nowMs += ms),
  };
}

it('answers with its id, and with -256 °C until its first conversion is over', () => {
  const { word, celsius, wait } = chipIn(() => 21.5);
  expect(word(0x0f)).toBe(0x0117);
  expect(word(0x01)).toBe(0x0220);
  wait(123);
  expect(celsius()).toBe(-256);
  wait(1);
  expect(celsius()).toBe(21.5);
});

it('measures below zero, once a second', () => {
  const { celsius, wait } = chipIn((ms) => -20 + Math.floor(ms / 1000));
  wait(124);
  expect(celsius()).toBe(-20);
  wait(999);
  expect(celsius()).toBe(-20);
  wait(1);
  expect(celsius()).toBe(-19);
});

it('keeps its last value while it is shut down, and starts over on a soft reset', () => {
  const { chip, celsius, wait } = chipIn((ms) => ms / 1000);
  wait(200);
  chip.write(Uint8Array.of(0x01, 0x06, 0x20));
  const kept = celsius();
  wait(10_000);
  expect(celsius()).toBe(kept);
  chip.write(Uint8Array.of(0x01, 0x00, 0x02));
  expect(celsius()).toBe(-256);
  wait(124);
  expect(celsius()).toBeCloseTo(10.3, 1);
});
