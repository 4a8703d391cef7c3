import { expect, it } from 'vitest';
import { ScriptedTransport } from '../../io/testing/scripted-transport.ts';
import { FifoDrain } from './fifo-chip.ts';
import { lis3dh } from './lis3dh.ts';

const ADDRESS = 0x18;
const chip = lis3dh(1344);
const now = () => 77;

it('is set up powered down with an empty FIFO, and started last', async () => {
  const transport = new ScriptedTransport();
  await chip.configure(transport, ADDRESS);
  expect(transport.transfers).toEqual(['w2000', 'w2e00', 'w2206', 'w23b0', 'w2440', 'w2e8b', 'w2097']);
});

it('takes all entries in one burst, as ten left-justified bits', async () => {
  const triplet = [0xc0, 0xff, 0x40, 0x05, 0x00, 0x80];
  const transport = new ScriptedTransport((t) => (t === 'r2f/1' ? [0x02] : [...triplet, ...triplet]));
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(transport, ADDRESS, now, drain);
  expect(transport.transfers).toEqual(['r2f/1', 'ra8/12']);
  expect(drain).toMatchObject({ entries: 2, isAfterLoss: false, isBroken: false, lookedMs: 77 });
  expect(Array.from(drain.counts.subarray(0, 4))).toEqual([-1, 21, -512, -1]);
});

it('takes the overrun for the 32nd entry and for a loss', async () => {
  const transport = new ScriptedTransport((t) => (t === 'r2f/1' ? [0xdf] : new Array(192).fill(0)));
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(transport, ADDRESS, now, drain);
  expect(drain).toMatchObject({ entries: 32, isAfterLoss: true });
});

it('is after a loss when the burst before it broke off', async () => {
  const drain = new FifoDrain(chip.capacity);
  const broken = new ScriptedTransport((t) => (t === 'r2f/1' ? [0x02] : 'nack'));
  await expect(chip.drain(broken, ADDRESS, now, drain)).rejects.toThrow('nack');
  const whole = new ScriptedTransport((t) => (t === 'r2f/1' ? [0x01] : new Array(6).fill(0)));
  await chip.drain(whole, ADDRESS, now, drain);
  expect(drain).toMatchObject({ entries: 1, isAfterLoss: true, isBroken: false });
});
