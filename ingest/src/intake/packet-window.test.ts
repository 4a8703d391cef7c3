import { describe, expect, it } from 'vitest';
import { PacketWindow } from './packet-window.ts';

const packet = (bytes: number) => ({ payload: Buffer.alloc(bytes) });

describe('packet window', () => {
  it('is full at its count of packets and has room again when some are taken', () => {
    const window = new PacketWindow({ packets: 2, bytes: 1000 });
    window.add(packet(1));
    expect(window.isFull).toBe(false);
    window.add(packet(1));
    expect(window.isFull).toBe(true);
    window.shift();
    expect(window.isFull).toBe(false);
  });

  it('is full at its count of bytes', () => {
    const window = new PacketWindow({ packets: 100, bytes: 1000 });
    window.add(packet(600));
    window.add(packet(400));
    expect(window.isFull).toBe(true);
    window.shift();
    window.add(packet(599));
    expect(window.isFull).toBe(false);
    window.clear();
    window.add(packet(999));
    expect(window.isFull).toBe(false);
  });

  it('gives packets in the order in which they came', () => {
    const window = new PacketWindow({ packets: 10, bytes: 1000 });
    const packets = [packet(1), packet(2), packet(3)];
    for (const p of packets) window.add(p);
    expect([window.shift(), window.shift(), window.shift(), window.shift()]).toEqual([...packets, undefined]);
    expect(window.size).toBe(0);
  });

  it('holds enough by its packets or by their bytes, and none of them when it is empty', () => {
    const window = new PacketWindow({ packets: 10, bytes: 10_000 });
    window.add(packet(300));
    expect(window.holds({ packets: 1, bytes: 1000 })).toBe(true);
    expect(window.holds({ packets: 2, bytes: 300 })).toBe(true);
    expect(window.holds({ packets: 2, bytes: 301 })).toBe(false);
    window.shift();
    window.shift();
    expect(window.holds({ packets: 1, bytes: 1 })).toBe(false);
  });
});
