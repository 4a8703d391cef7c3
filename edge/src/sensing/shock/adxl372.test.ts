import { expect, it } from 'vitest';
import { ScriptedTransport } from '../../io/testing/scripted-transport.ts';
import { adxl372 } from './adxl372.ts';
import { FifoDrain } from './fifo-chip.ts';

const ADDRESS = 0x1d;
const chip = adxl372(1600);
const now = () => 77;

/** The bytes of triplets whose x, y and z are n, −n and n + 1. */
function triplets(...values: number[]): number[] {
  return values.flatMap((n) => [n, -n, n + 1].flatMap((count, axis) => wordOf(count, axis === 0)));
}

function wordOf(count: number, isX: boolean): number[] {
  const word = ((count << 4) & 0xfff0) | (isX ? 1 : 0);
  return [word >> 8, word & 0xff];
}

/** A chip that has these bytes in its FIFO; each read takes as many as it asks for. */
function chipWith(bytes: number[], status = 0) {
  const words = bytes.length / 2;
  let taken = 0;
  return new ScriptedTransport((transfer) => {
    if (transfer === 'r04/4') return [status, 0, words >> 8, words & 0xff];
    const length = Number(/^r42\/(\d+)$/.exec(transfer)?.[1]);
    taken += length;
    return bytes.slice(taken - length, taken);
  });
}

it('is set up in standby, without the filter that would take gravity away', async () => {
  const transport = new ScriptedTransport();
  await chip.configure(transport, ADDRESS);
  expect(transport.transfers).toEqual([
    'w3f00',
    'w4000',
    'w3a00',
    'w3960',
    'w3a02',
    'w3b0c',
    'w3d40',
    'w3e02',
    'w3f07',
  ]);
});

it('leaves one triplet in the FIFO', async () => {
  const transport = chipWith(triplets(1, 2, 3));
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(transport, ADDRESS, now, drain);
  expect(transport.transfers).toEqual(['r04/4', 'r42/12']);
  expect(drain).toMatchObject({ entries: 2, left: 1, isAfterLoss: false, isBroken: false, lookedMs: 77 });
  expect(Array.from(drain.counts.subarray(0, 6))).toEqual([1, -1, 2, 2, -2, 3]);
});

it.each([0, 1])('reads nothing where there are %i triplets', async (count) => {
  const transport = chipWith(triplets(...new Array(count).fill(1)));
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(transport, ADDRESS, now, drain);
  expect(transport.transfers).toEqual(['r04/4']);
  expect(drain.entries).toBe(0);
});

it('says that samples are missing after an overrun', async () => {
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(chipWith(triplets(1, 2, 3), 0x0f), ADDRESS, now, drain);
  expect(drain).toMatchObject({ entries: 2, isAfterLoss: true });
});

it.each([1, 2])('begins anew at the next x where %i words of a triplet are missing', async (missing) => {
  const transport = chipWith(triplets(1, 2, 3, 4, 5).slice(missing * 2));
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(transport, ADDRESS, now, drain);
  expect(drain).toMatchObject({ isAfterLoss: true, isBroken: false });
  expect(drain.entries).toBeGreaterThanOrEqual(2);
  for (let i = 0; i < drain.entries; i++)
    expect(Array.from(drain.counts.subarray(i * 3, i * 3 + 3))).toEqual([i + 2, -i - 2, i + 3]);
  expect(drain.left).toBe(5 - 1 - drain.entries);
  // What has been read ends with a triplet.
  const read = transport.transfers.slice(1).reduce((sum, t) => sum + Number(t.slice(4)), 0);
  expect((read / 2 + missing) % 3).toBe(0);
});

it('gives what comes before a triplet that is out of order, and a gap after it', async () => {
  const bytes = triplets(1, 2, 3, 4, 5);
  bytes.splice(14, 2);
  const drain = new FifoDrain(chip.capacity);
  await chip.drain(chipWith(bytes), ADDRESS, now, drain);
  expect(drain).toMatchObject({ entries: 2, isAfterLoss: false, isBroken: true });
});

it('runs at 3200 Hz with twice the bandwidth', async () => {
  const transport = new ScriptedTransport();
  await adxl372(3200).configure(transport, ADDRESS);
  expect(transport.transfers).toEqual(expect.arrayContaining(['w3d60', 'w3e03']));
});
