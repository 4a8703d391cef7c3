import { expect, test } from 'vitest';
import { connectPacket, PACKET, PacketReader, payloadOf, pubackFor, publishPacket } from './packets.ts';

test('packets are found wherever the stream is cut', () => {
  const packets = [
    connectPacket('LOAD-1'),
    publishPacket('a/b', Buffer.alloc(20_000, 7), 258),
    publishPacket('c', Buffer.from('x'), 3),
  ];
  const stream = Buffer.concat(packets);
  for (const size of [1, 2, 3, 127, 128, 16_384, stream.length]) {
    const found: { type: number; length: number }[] = [];
    const reader = new PacketReader((type, body) => found.push({ type, length: body.length }));
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
    expect(found).toEqual([
      { type: 1, length: 18 },
      { type: PACKET.publish, length: 20_007 },
      { type: PACKET.publish, length: 6 },
    ]);
  }
});

test('a publication gives its payload and the acknowledgement with its id', () => {
  let body: Buffer = Buffer.alloc(0);
  new PacketReader((_, found) => {
    body = found;
  }).push(publishPacket('a/b', Buffer.from('payload'), 258));
  expect(payloadOf(body).toString()).toBe('payload');
  expect([...pubackFor(body)]).toEqual([0x40, 2, 1, 2]);
});
