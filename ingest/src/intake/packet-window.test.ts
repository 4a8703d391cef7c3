import { describe, expect, it } from 'vitest';
import { PacketWindow } from './packet-window.ts';

const packet = (bytes: number) => ({ bytes });

describe('packet window', () => {
  it('is full at its count of packets and has room again when some are taken', () => {
    const window = new PacketWindow({ packets: 2, bytes: 1000 });
    window.add(packet(1));
    expect(window.isFull).toBe(false);
    window.add(packet(1));
    expect(window.isFull).toBe(true);
    window.take({ packets: 1, bytes: 1000 });
    expect(window.isFull).toBe(false);
  });

  it('is full at its count of bytes', () => {
    const window = new PacketWindow({ packets: 100, bytes: 1000 });
    window.add(packet(600));
    window.add(packet(400));
    expect(window.isFull).toBe(true);
    window.take({ packets: 1, bytes: 1000 });
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
    const two = { packets: 2, bytes: 1000 };
    expect([...window.take(two), ...window.take(two)]).toEqual(packets);
    expect(window.size).toBe(0);
  });

  it('gives no more packets at a time once their bytes are enough, but always one', () => {
    const window = new PacketWindow({ packets: 10, bytes: 10_000 });
    for (const bytes of [300, 300, 300, 5000]) window.add(packet(bytes));
    const limits = { packets: 10, bytes: 500 };
    expect(window.take(limits)).toHaveLength(2);
    expect(window.holds(limits)).toBe(true);
    expect(window.take(limits)).toHaveLength(2);
    expect(window.take(limits)).toHaveLength(0);
    window.add(packet(9000));
    expect(window.take(limits)).toHaveLength(1);
    expect(window.holds({ packets: 1, bytes: 1 })).toBe(false);
  });
});
