import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CuttingProxy } from './cutting-proxy.ts';

interface Echo {
  proxy: CuttingProxy;
  client: Socket;
  /** What came back so far. */
  arrived(): string;
  /** Resolves when other pieces have come back several times over, past the proxy. */
  roundTrips(): Promise<void>;
}

/** What a client says comes back from the server, through the proxy. */
async function echoThrough(): Promise<Echo> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const proxy = await CuttingProxy.open(new URL(`mqtt://127.0.0.1:${port}`), () => 0);
  onTestFinished(() => proxy.close());
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  let text = '';
  client.on('data', (piece) => {
    text += String(piece);
  });
  client.on('error', () => {});
  await once(client, 'connect');
  const roundTrips = async () => {
    const direct = connect(port, '127.0.0.1');
    for (let n = 0; n < 10; n++) {
      direct.write('x');
      await once(direct, 'data');
    }
    direct.destroy();
  };
  return { proxy, client, arrived: () => text, roundTrips };
}

test.each(['in', 'out'] as const)('with %s cut off nothing comes back, until it is mended', async (fault) => {
  const { proxy, client, arrived, roundTrips } = await echoThrough();
  client.write('a');
  await expect.poll(arrived).toBe('a');
  expect(proxy.inflict(fault)).toBe(0);
  client.write('b');
  await roundTrips();
  expect(arrived()).toBe('a');
  expect(proxy.inflict('none')).toBe(1);
  await expect.poll(arrived).toBe('ab');
});

test('a connection that was cut in both directions is gone when the network is mended', async () => {
  const { proxy, client, arrived } = await echoThrough();
  proxy.inflict('both');
  client.write('a');
  const closed = new Promise((resolve) => client.once('close', resolve));
  proxy.inflict('none');
  await closed;
  expect(arrived()).toBe('');
});

test('a piece that is lost comes later', async () => {
  const { proxy, client, arrived } = await echoThrough();
  proxy.inflict('loss');
  client.write('a');
  await expect.poll(arrived).toBe('a');
});
