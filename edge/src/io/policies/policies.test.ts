import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedTransport } from '../testing/scripted-transport.ts';
import { bme280Policy, bmp280Policy } from './bme280.ts';
import { areWordsIntact, sensirionCrc } from './sensirion-crc.ts';
import { sht4xPolicy } from './sht4x.ts';
import { sht31Policy } from './sht31.ts';
import { htu21dPolicy, si7021Policy } from './si7021.ts';
import { tmp117Policy } from './tmp117.ts';

describe('the checksum of Sensirion', () => {
  it('gives 0x92 for the example of the datasheet, 0xBEEF', () => {
    expect(sensirionCrc(0xbe, 0xef)).toBe(0x92);
  });

  it.each([
    { reply: [0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92], isIntact: true },
    { reply: [0xbe, 0xef, 0x92, 0xbe, 0xee, 0x92], isIntact: false },
    { reply: [0xff, 0xff, 0xff], isIntact: false },
    { reply: [0x00, 0x00, 0x00], isIntact: false },
    { reply: [0xbe, 0xef], isIntact: false },
    { reply: [], isIntact: false },
  ])('finds $reply intact: $isIntact', ({ reply, isIntact }) => {
    expect(areWordsIntact(Uint8Array.from(reply))).toBe(isIntact);
  });
});

describe('the policy of the SHT31', () => {
  const policy = sht31Policy(1000);

  it('knows the chip by its status word with the right checksum', async () => {
    const isKnown = (reply: number[]) =>
      policy.identify(new ScriptedTransport((t) => (t === 'r3' ? reply : undefined)), 0x44);
    // Status after power-up.
    expect(await isKnown([0x80, 0x10, sensirionCrc(0x80, 0x10)])).toBe(true);
    expect(await isKnown([0xff, 0xff, 0xff])).toBe(false);
  });

  it('takes a damaged reply for corrupt', () => {
    expect(policy.guard(null, Uint8Array.of(0xbe, 0xef, 0x93))).toBe('corrupt');
  });

  it('waits for the longest measurement and for a soft reset', () => {
    expect(policy.settleMs(Uint8Array.of(0x24, 0x00))).toBeGreaterThan(15);
    expect(policy.settleMs(Uint8Array.of(0x30, 0xa2))).toBeGreaterThan(1.5);
    expect(policy.settleMs(Uint8Array.of(0xf3, 0x2d))).toBe(0);
  });
});

describe('the policy of the BME280', () => {
  const policy = bme280Policy(1000);

  it('tells it from a BMP280', async () => {
    const isKnown = (id: number) => policy.identify(new ScriptedTransport(() => [id]), 0x76);
    expect(await isKnown(0x60)).toBe(true);
    expect(await isKnown(0x58)).toBe(false);
  });

  it('hands the upper bytes of H4 and H5 on as signed, and all others as they are', () => {
    const reply = Uint8Array.of(0xff, 0xff, 0xff, 0xf0, 0xff, 0xfe, 0xff, 0xff);
    expect(policy.onRead?.(0xe1, reply)).toEqual([0xff, 0xff, 0xff, -16, 0xff, -2, 0xff, 0xff]);
    expect(policy.onRead?.(0xf7, reply)).toEqual(Array.from(reply));
  });

  it('sets a standby of one second before the mode', () => {
    const written = policy.rewrite?.(Uint8Array.of(0xf4, 0xb7)).map((w) => Array.from(w));
    expect(written).toEqual([
      [0xf5, 0xa0],
      [0xf4, 0xb7],
    ]);
    expect(policy.rewrite?.(Uint8Array.of(0xf2, 0x05))).toHaveLength(1);
  });

  it.each([
    { reply: [0x80, 0, 0, 0x80, 0, 0, 0x80, 0], verdict: 'reset' },
    { reply: [0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00, 0x80, 1], verdict: 'ok' },
    { reply: [0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00, 0x80, 0], verdict: 'reset' },
    { reply: [0x65, 0x5a], verdict: 'corrupt' },
  ])('finds the measurement $reply $verdict', ({ reply, verdict }) => {
    expect(policy.guard(0xf7, Uint8Array.from(reply))).toBe(verdict);
  });

  it('does not look for reset values in the trim', () => {
    expect(policy.guard(0x88, new Uint8Array(24))).toBe('ok');
  });
});

describe('the policy of the BMP280', () => {
  const policy = bmp280Policy(1000);

  it('tells it from a BME280', async () => {
    const isKnown = (id: number) => policy.identify(new ScriptedTransport(() => [id]), 0x76);
    expect(await isKnown(0x58)).toBe(true);
    expect(await isKnown(0x60)).toBe(false);
  });

  it.each([
    { reply: [0x80, 0, 0, 0x80, 0, 0], verdict: 'reset' },
    { reply: [0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00], verdict: 'ok' },
    { reply: [0x65, 0x5a, 0xc0, 0x7e], verdict: 'corrupt' },
  ])('finds the measurement $reply $verdict', ({ reply, verdict }) => {
    expect(policy.guard(0xf7, Uint8Array.from(reply))).toBe(verdict);
  });
});

describe.each([
  { name: 'Si7021', policy: si7021Policy(1000), longestMs: { temperature: 10.8, humidity: 22.8 } },
  { name: 'HTU21D', policy: htu21dPolicy(1000), longestMs: { temperature: 50, humidity: 16 } },
])('the policy of the $name', ({ policy, longestMs }) => {
  it('measures without holding the clock and waits for the longest measurement', () => {
    const temperature = policy.splitRead?.(0xe3);
    expect(temperature).toMatchObject({ command: Uint8Array.of(0xf3), length: 3 });
    expect(temperature?.waitMs).toBeGreaterThan(longestMs.temperature);
    const humidity = policy.splitRead?.(0xe5);
    expect(humidity).toMatchObject({ command: Uint8Array.of(0xf5), length: 3 });
    expect(humidity?.waitMs).toBeGreaterThan(longestMs.humidity);
    expect(policy.splitRead?.(0xe7)).toBeUndefined();
  });

  it('hands on what has the checksum of the datasheet, without the bits that are no value', () => {
    expect(policy.guard(0xe3, Uint8Array.of(0x68, 0x3a, 0x7c))).toBe('ok');
    expect(policy.guard(0xe3, Uint8Array.of(0x68, 0x3b, 0x7c))).toBe('corrupt');
    expect(policy.guard(0xe3, Uint8Array.of(0xff, 0xff, 0xff))).toBe('corrupt');
    expect(policy.onRead?.(0xe3, Uint8Array.of(0x68, 0x3a, 0x7c))).toEqual([0x68, 0x38]);
  });

  it('gives the chip its time after a soft reset', () => {
    expect(policy.settleMs(Uint8Array.of(0xfe))).toBeGreaterThanOrEqual(15);
  });
});

it('tells a Si7021 from a HTU21D, whose driver and address are the same', async () => {
  const chip = (replies: Record<string, number[]>) => new ScriptedTransport((t) => replies[t] ?? 'nack');
  const si7021 = { 'rfcc9/1': [0x15], 're7/1': [0x3a] };
  const htu21d = { 're7/1': [0x02] };
  expect(await si7021Policy(1000).identify(chip(si7021), 0x40)).toBe(true);
  expect(await htu21dPolicy(1000).identify(chip(si7021), 0x40)).toBe(false);
  expect(await htu21dPolicy(1000).identify(chip(htu21d), 0x40)).toBe(true);
  expect(await htu21dPolicy(1000).identify(chip({ 're7/1': [0x46] }), 0x40)).toBe(true);
  await expect(si7021Policy(1000).identify(chip(htu21d), 0x40)).rejects.toMatchObject({ kind: 'nack' });
});

describe('the policy of the SHT4x', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const policy = sht4xPolicy(1000);

  it.each([
    { serial: [0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92], isKnown: true },
    { serial: [0xbe, 0xef, 0x93, 0xbe, 0xef, 0x92], isKnown: false },
  ])('knows the chip by a serial number with its checksums: $serial', async ({ serial, isKnown }) => {
    const transport = new ScriptedTransport((t) => (t === 'r6' ? serial : undefined));
    const identified = policy.identify(transport, 0x44);
    await vi.advanceTimersByTimeAsync(20);
    expect(await identified).toBe(isKnown);
    expect(transport.transfers).toEqual(['w89', 'r6']);
  });

  it('waits for the longest measurement and refuses what is damaged', () => {
    expect(policy.settleMs(Uint8Array.of(0xfd))).toBeGreaterThan(8.3);
    expect(policy.guard(null, Uint8Array.of(0xbe, 0xef, 0x93))).toBe('corrupt');
  });
});

describe('the policy of the TMP117', () => {
  const policy = tmp117Policy(1000);

  it.each([
    { id: [0x01, 0x17], isKnown: true },
    { id: [0x11, 0x17], isKnown: true },
    { id: [0x01, 0x16], isKnown: false },
  ])('knows the chip by its id, whatever the revision: $id', async ({ id, isKnown }) => {
    expect(await policy.identify(new ScriptedTransport(() => id), 0x48)).toBe(isKnown);
  });

  it.each([
    { reply: [0x80, 0x00], verdict: 'reset' },
    { reply: [0x80, 0x01], verdict: 'ok' },
    { reply: [0x0c, 0x80], verdict: 'ok' },
    { reply: [0x0c], verdict: 'corrupt' },
  ])('finds the temperature $reply $verdict', ({ reply, verdict }) => {
    expect(policy.guard(0x00, Uint8Array.from(reply))).toBe(verdict);
  });
});
