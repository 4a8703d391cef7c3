import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { gatherWrites } from './gathered-writes.ts';

/** Both ends of a connection; the first gathers. */
async function connectedSockets(): Promise<{ gathering: Socket; peer: Socket }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [gathering] = await accepted;
  onTestFinished(() => {
    gathering.destroy();
    peer.destroy();
  });
  gatherWrites(gathering);
  return { gathering, peer };
}

async function textOf(peer: Socket): Promise<string> {
  let text = '';
  peer.on('data', (chunk) => {
    text += chunk;
  });
  await once(peer, 'end');
  return text;
}

test('what is written in one turn waits for its end, and goes out in its order', async () => {
  const { gathering, peer } = await connectedSockets();
  const received = textOf(peer);
  for (const word of ['one ', 'two ', 'three ']) {
    gathering.write(word);
    await Promise.resolve();
  }
  expect(gathering.writableLength).toBe(14);
  await nextTurn();
  await nextTurn();
  expect(gathering.writableLength).toBe(0);
  gathering.write('four');
  gathering.end();
  expect(await received).toBe('one two three four');
});

test('a buffer that is full says so, and says when it is empty again', async () => {
  const { gathering, peer } = await connectedSockets();
  peer.resume();
  const isRoom = gathering.write(Buffer.alloc(gathering.writableHighWaterMark));
  expect(isRoom).toBe(false);
  await once(gathering, 'drain');
  expect(gathering.writableLength).toBe(0);
});
