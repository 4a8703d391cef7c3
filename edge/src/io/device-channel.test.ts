import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusQueue } from './bus-queue.ts';
import { DeviceChannel } from './device-channel.ts';
import type { DevicePolicy } from './device-policy.ts';
import { bme280Policy } from './policies/bme280.ts';
import { sht31Policy } from './policies/sht31.ts';
import { htu21dPolicy } from './policies/si7021.ts';
import { ScriptedTransport, type Transfer } from './testing/scripted-transport.ts';

const GOOD_WORDS = [0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92];
const MEASURE = Uint8Array.of(0x24, 0x00);

let clock: ManualClock;
beforeEach(() => {
  vi.useFakeTimers();
  clock = new ManualClock(0);
});
afterEach(() => {
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    clock.advance(1);
    await vi.advanceTimersByTimeAsync(1);
  }
}

function channelOf(
  policy: DevicePolicy,
  answer: (transfer: Transfer) => readonly number[] | 'nack' | undefined,
) {
  const transport = new ScriptedTransport(answer);
  const events: string[] = [];
  const channel = new DeviceChannel(0x44, policy, new BusQueue(transport), clock, (event) =>
    events.push(event),
  );
  return { transport, events, channel };
}

describe('a single read', () => {
  it('is tried again until a good reply comes, each time after the command that it answers', async () => {
    let failures = 3;
    const { transport, events, channel } = channelOf(sht31Policy(1000), (transfer) => {
      if (transfer !== 'r6') return undefined;
      failures -= 1;
      return failures >= 0 ? 'nack' : GOOD_WORDS;
    });
    const replies: number[][] = [];
    channel.write(MEASURE);
    channel.readOnce(null, 6, (bytes) => replies.push(bytes));
    await pass(1000);
    expect(replies).toEqual([GOOD_WORDS]);
    expect(transport.transfers.join(' ')).toBe('w2400 r6 w2400 r6 w2400 r6 w2400 r6');
    expect(events).toEqual(['error', 'error', 'error', 'recovered']);
    expect(channel.health).toMatchObject({ replies: 1, errors: 3, consecutiveErrors: 0, lastError: 'nack' });
  });

  it('takes a damaged reply for none', async () => {
    const { channel } = channelOf(sht31Policy(1000), (t) => (t === 'r6' ? [1, 2, 3, 4, 5, 6] : undefined));
    const replies: number[][] = [];
    channel.readOnce(null, 6, (bytes) => replies.push(bytes));
    await pass(5000);
    expect(replies).toEqual([]);
    expect(channel.health).toMatchObject({ lastOkMono: null, lastError: 'corrupt' });
  });

  it('holds a driver that measures without end to one measurement per interval', async () => {
    const { transport, channel } = channelOf(sht31Policy(500), (t) => (t === 'r6' ? GOOD_WORDS : undefined));
    const measure = () => {
      channel.write(MEASURE);
      channel.readOnce(null, 6, measure);
    };
    measure();
    await pass(5000);
    const reads = transport.transfers.filter((t) => t === 'r6').length;
    expect(reads).toBeGreaterThanOrEqual(9);
    expect(reads).toBeLessThanOrEqual(11);
  });

  it('gives nothing to a driver after the channel is closed', async () => {
    const { transport, channel } = channelOf(sht31Policy(1000), () => 'nack');
    const listener = vi.fn();
    channel.readOnce(null, 6, listener);
    await pass(10);
    channel.close();
    transport.answer = () => GOOD_WORDS;
    await pass(5000);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('a continuous read', () => {
  const MEASURED = [0x65, 0x5a, 0xc0, 0x7e, 0xed, 0, 0x6d, 0x21];
  const RESET = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];

  it('comes once per interval, first after one', async () => {
    const { channel } = channelOf(bme280Policy(250), () => MEASURED);
    const listener = vi.fn();
    channel.poll(0xf7, 8, listener);
    await pass(249);
    expect(listener).not.toHaveBeenCalled();
    await pass(751);
    expect(listener).toHaveBeenCalledTimes(4);
  });

  it('skips failures and goes on', async () => {
    const { transport, channel } = channelOf(bme280Policy(250), () => 'nack');
    const listener = vi.fn();
    channel.poll(0xf7, 8, listener);
    await pass(1000);
    transport.answer = () => MEASURED;
    await pass(1000);
    expect(listener).toHaveBeenCalledTimes(4);
    expect(channel.health.errors).toBe(4);
  });

  it('writes the settings again when the chip has lost them, and hands on no reset value', async () => {
    const { transport, events, channel } = channelOf(bme280Policy(250), () => MEASURED);
    const listener = vi.fn();
    channel.write(Uint8Array.of(0xf2, 0x05));
    channel.write(Uint8Array.of(0xf4, 0xb7));
    channel.poll(0xf7, 8, listener);
    await pass(300);
    transport.transfers.length = 0;
    transport.answer = (t) => (t === 'rf7/8' ? RESET : undefined);
    await pass(250);
    expect(transport.transfers).toEqual(['rf7/8', 'wf205', 'wf5a0', 'wf4b7']);
    expect(events).toEqual(['error', 'reset']);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('ends when it is stopped', async () => {
    const { transport, channel } = channelOf(bme280Policy(250), () => MEASURED);
    channel.poll(0xf7, 8, () => {});
    channel.stopPolls();
    await pass(1000);
    expect(transport.transfers).toEqual([]);
  });
});

describe('a measurement of two split reads', () => {
  // Words with their checksums.
  const TEMPERATURE = [0x68, 0x3a, 0x7c];
  const HUMIDITY = [0x4e, 0x85, 0x6b];

  /** Asks as johnny-five's driver does: for the temperature, then the humidity, and again at once. */
  function drive(intervalMs: number) {
    let isAway = false;
    const { transport, channel } = channelOf(htu21dPolicy(intervalMs), (t) => {
      if (isAway) return 'nack';
      if (t !== 'r3') return undefined;
      return transport.transfers.at(-2) === 'wf3' ? TEMPERATURE : HUMIDITY;
    });
    const replies: { register: number; bytes: number[] }[] = [];
    const cycle = (register: number) =>
      channel.readOnce(register, 2, (bytes) => {
        replies.push({ register, bytes });
        cycle(register === 0xe3 ? 0xe5 : 0xe3);
      });
    cycle(0xe3);
    return {
      transport,
      channel,
      replies,
      setAway: (value: boolean) => {
        isAway = value;
      },
    };
  }

  it('never asks the chip to hold the clock, and comes once per interval', async () => {
    const { transport, replies } = drive(1000);
    await pass(5000);
    expect(new Set(transport.transfers)).toEqual(new Set(['wf3', 'r3', 'wf5']));
    expect(replies[0]).toEqual({ register: 0xe3, bytes: [0x68, 0x38] });
    expect(replies[1]).toEqual({ register: 0xe5, bytes: [0x4e, 0x84] });
    expect(replies.length).toBeGreaterThanOrEqual(8);
    expect(replies.length).toBeLessThanOrEqual(10);
  });

  it('is as old as its first reply, even when the chip was away in the middle of it', async () => {
    const { channel, replies, setAway } = drive(10_000);
    await pass(51);
    expect(replies).toHaveLength(1);
    expect(channel.health.lastOkMono).toBeNull();
    setAway(true);
    await pass(60_000);
    setAway(false);
    await pass(10_000);
    expect(replies).toHaveLength(2);
    expect(channel.health.lastOkMono).toBe(51);
  });
});
