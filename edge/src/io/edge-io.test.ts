import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusQueue } from './bus-queue.ts';
import type { DevicePolicy } from './device-policy.ts';
import { EdgeIO } from './edge-io.ts';
import { ScriptedTransport } from './testing/scripted-transport.ts';

const ADDRESS = 0x29;
const PLAIN: DevicePolicy = {
  intervalMs: 100,
  isSelfRearming: false,
  identify: async () => true,
  settleMs: () => 0,
  guard: () => 'ok',
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function ioOn(transport: ScriptedTransport): EdgeIO {
  const io = new EdgeIO(new BusQueue(transport), new ManualClock(0));
  io.setPolicy(ADDRESS, PLAIN);
  return io;
}

describe('EdgeIO', () => {
  it.each([
    { form: 'bytes', write: (io: EdgeIO) => io.i2cWrite(ADDRESS, [1, 2, 3]), seen: 'w010203' },
    { form: 'one byte', write: (io: EdgeIO) => io.i2cWrite(ADDRESS, 7), seen: 'w07' },
    { form: 'register and byte', write: (io: EdgeIO) => io.i2cWrite(ADDRESS, 0xe0, 0xb6), seen: 'we0b6' },
    {
      form: 'register and bytes',
      write: (io: EdgeIO) => io.i2cWrite(ADDRESS, 0x10, [1, 2]),
      seen: 'w100102',
    },
    { form: 'i2cWriteReg', write: (io: EdgeIO) => io.i2cWriteReg(ADDRESS, 0x2d, 8), seen: 'w2d08' },
  ])('takes a write as $form', async ({ write, seen }) => {
    const transport = new ScriptedTransport();
    write(ioOn(transport));
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.transfers).toEqual([seen]);
  });

  it('takes reads with and without a register', async () => {
    const transport = new ScriptedTransport(() => [9]);
    const io = ioOn(transport);
    const listener = vi.fn();
    io.i2cReadOnce(ADDRESS, 1, listener);
    io.i2cReadOnce(ADDRESS, 0xd0, 1, listener);
    io.i2cRead(ADDRESS, 0xf7, 1, listener);
    await vi.advanceTimersByTimeAsync(101);
    expect(transport.transfers).toEqual(['r1', 'rd0/1', 'rf7/1']);
    expect(listener.mock.calls).toEqual([[[9]], [[9]], [[9]]]);
  });

  it('tells of failures and recoveries, and never emits the event that would end the process', async () => {
    const transport = new ScriptedTransport(() => 'nack');
    const io = ioOn(transport);
    const events: string[] = [];
    io.on('i2c:error', ({ address, health }) => events.push(`error ${address} ${health.consecutiveErrors}`));
    io.on('i2c:recovered', ({ address }) => events.push(`recovered ${address}`));
    io.i2cRead(ADDRESS, 0, 1, () => {});
    await vi.advanceTimersByTimeAsync(250);
    transport.answer = () => [1];
    await vi.advanceTimersByTimeAsync(100);
    // No listener for `error` is there: emitting it would have thrown.
    expect(events).toEqual(['error 41 1', 'error 41 2', 'recovered 41']);
  });

  it('is silent after it is closed', async () => {
    const transport = new ScriptedTransport(() => [1]);
    const io = ioOn(transport);
    io.i2cRead(ADDRESS, 0, 1, () => {});
    io.close();
    io.i2cWrite(ADDRESS, [1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(transport.transfers).toEqual([]);
  });
});
