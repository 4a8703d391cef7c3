/** Takes the stamps that all devices send and acknowledges each at once; says over IPC when the wanted count has come. */
import { connect } from 'node:net';
import { deviceTopic } from '@jostle/contracts';
import { connectPacket, PACKET, PacketReader, payloadOf, pubackFor, subscribePacket } from './packets.ts';

const port = Number(process.argv[2]);
let wanted = 0;
let count = 0;
let delaysMs: number[] = [];

const socket = connect({ port, host: '127.0.0.1', noDelay: true });
socket.on('error', (error) => {
  console.error(`sink: ${error.message}`);
  process.exit(1);
});
socket.write(Buffer.concat([connectPacket('ingest-sink'), subscribePacket(deviceTopic('+', 'up'), 1)]));
const reader = new PacketReader((type, body) => {
  if (type === PACKET.suback) process.send?.({ type: 'ready' });
  if (type !== PACKET.publish) return;
  socket.write(pubackFor(body));
  count += 1;
  const now = performance.timeOrigin + performance.now();
  delaysMs.push(now - payloadOf(body).readDoubleLE());
  if (count === wanted) process.send?.({ type: 'received', atMs: now, delaysMs });
});
socket.on('data', (chunk: Buffer) => {
  socket.cork();
  reader.push(chunk);
  socket.uncork();
});
process.on('message', (message: { wanted: number }) => {
  wanted = message.wanted;
  count = 0;
  delaysMs = [];
  process.send?.({ type: 'waiting' });
});
process.once('disconnect', () => process.exit(0));
