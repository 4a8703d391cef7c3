import { expect, test } from 'vitest';
import { ReceiptRoom } from './receipt-room.ts';

const KB = 1024;

test('lets through what fits, counts what is not written yet, and judges each connection by itself', () => {
  const written: (() => void)[] = [];
  const room = new ReceiptRoom((done) => written.push(done));
  const a = { writableLength: 0 };
  expect(room.lets(a, 32 * KB)).toBe(true);
  expect(room.lets(a, 32 * KB)).toBe(false);
  expect(room.lets({ writableLength: 0 }, 32 * KB)).toBe(true);
  // The network took it at once.
  written.splice(0).forEach((done) => void done());
  expect(room.lets(a, 32 * KB)).toBe(true);
  // The network takes nothing.
  written.splice(0).forEach((done) => void done());
  a.writableLength = 32 * KB;
  expect([room.lets(a, 20 * KB), room.lets(a, 16 * KB)]).toEqual([false, true]);
});
