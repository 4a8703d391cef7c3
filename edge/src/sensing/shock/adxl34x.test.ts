import { describe, expect, it } from 'vitest';
import { ScriptedTransport } from '../../io/testing/scripted-transport.ts';
import { adxl34x } from './adxl34x.ts';
import { FifoDrain } from './fifo-chip.ts';

const ADDRESS = 0x53;
const now = () => 1234;
const adxl375 = adxl34x('adxl375', 800);
const newDrain = () => new FifoDrain(adxl375.capacity);

/** A chip with `entries` in its FIFO, each with the given bytes; it fails from the nth entry on. */
function chipWith(entries: number, bytes: number[], options: { source?: number; failFrom?: number } = {}) {
  let taken = 0;
  return new ScriptedTransport((transfer) => {
    if (transfer === 'r30/1') return [options.source ?? 0];
    if (transfer === 'r39/1') return [entries];
    taken += 1;
    return taken > (options.failFrom ?? Number.POSITIVE_INFINITY) ? 'nack' : bytes;
  });
}

describe('configure', () => {
  it('leaves standby last, with the FIFO emptied and set before', async () => {
    const transport = new ScriptedTransport();
    await adxl375.configure(transport, ADDRESS);
    expect(transport.transfers).toEqual(['w2d00', 'w3800', 'w310b', 'w2c0d', 'w388a', 'w2e03', 'w2d08']);
  });
});

it('runs an ADXL345 at ±16 g with the same settings, and slowly where it only tells the tilt', async () => {
  const transport = new ScriptedTransport();
  const chip = adxl34x('adxl345', 50);
  await chip.configure(transport, ADDRESS);
  expect(transport.transfers).toEqual(['w2d00', 'w3800', 'w310b', 'w2c09', 'w388a', 'w2e03', 'w2d08']);
  expect(chip).toMatchObject({ rangeG: 16, countG: 1 / 256, rateHz: 50 });
});

describe('isConfigured', () => {
  const settings = { 'r2c/2': [0x0d, 0x08], 'r31/1': [0x0b], 'r38/1': [0x8a] };

  it('accepts the settings of configure', async () => {
    const transport = new ScriptedTransport((t) => settings[t as keyof typeof settings]);
    expect(await adxl375.isConfigured(transport, ADDRESS)).toBe(true);
  });

  it.each([
    { 'r2c/2': [0x0a, 0x00] },
    { 'r2c/2': [0x0a, 0x08] },
    { 'r2c/2': [0x0d, 0x00] },
    { 'r31/1': [0x00] },
    { 'r38/1': [0x00] },
  ])('finds reset values in %o', async (changed) => {
    const read = { ...settings, ...changed };
    const transport = new ScriptedTransport((t) => read[t as keyof typeof settings]);
    expect(await adxl375.isConfigured(transport, ADDRESS)).toBe(false);
  });
});

describe('drain', () => {
  it('reads each entry in a burst of its own, as signed little-endian counts', async () => {
    const transport = chipWith(2, [0x14, 0x00, 0xff, 0xff, 0x00, 0xf0]);
    const drain = newDrain();
    await adxl375.drain(transport, ADDRESS, now, drain);
    expect(drain).toMatchObject({ entries: 2, isAfterLoss: false, isBroken: false, lookedMs: 1234 });
    expect(Array.from(drain.counts.subarray(0, 6))).toEqual([20, -1, -4096, 20, -1, -4096]);
    expect(transport.transfers.filter((t) => t === 'r32/6')).toHaveLength(2);
  });

  it('reads no data where there is none', async () => {
    const transport = chipWith(0, []);
    await adxl375.drain(transport, ADDRESS, now, newDrain());
    expect(transport.transfers).toEqual(['r30/1', 'r39/1']);
  });

  it('says that samples are missing after an overrun', async () => {
    const drain = newDrain();
    await adxl375.drain(chipWith(33, [0, 0, 0, 0, 0, 0], { source: 0x83 }), ADDRESS, now, drain);
    expect(drain).toMatchObject({ entries: 33, isAfterLoss: true });
  });

  it('says that samples are missing after a drain that broke off half-way', async () => {
    const drain = newDrain();
    const bytes = [0, 0, 0, 0, 0, 0];
    await expect(adxl375.drain(chipWith(8, bytes, { failFrom: 3 }), ADDRESS, now, drain)).rejects.toThrow(
      'nack',
    );
    expect(drain.entries).toBe(0);
    await adxl375.drain(chipWith(5, bytes), ADDRESS, now, drain);
    expect(drain).toMatchObject({ entries: 5, isAfterLoss: true, isBroken: false });
    await adxl375.drain(chipWith(5, bytes), ADDRESS, now, drain);
    expect(drain.isAfterLoss).toBe(false);
  });
});
