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
    window.take(1);
    expect(window.isFull).toBe(false);
  });

  it('is full at its count of bytes', () => {
    const window = new PacketWindow({ packets: 100, bytes: 1000 });
    window.add(packet(600));
    window.add(packet(400));
    expect(window.isFull).toBe(true);
    window.take(1);
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
    expect([...window.take(2), ...window.take(2)]).toEqual(packets);
    expect(window.size).toBe(0);
  });
});
