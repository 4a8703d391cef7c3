import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { guardedServer } from './guarded-server.ts';

const CONNECT = Buffer.from([0x10, 0]);
const PING = Buffer.from([0xc0, 0]);

/** A server whose clock stands still; every connection logs in as the same device. */
async function serverFor(overrides: { maxConnections?: number } = {}) {
  const turnedAway: string[] = [];
  const waits: number[] = [];
  const config = {
    ...({ host: '127.0.0.1', port: 0, logLevel: 'info', deviceBytesPerSecond: 1_000_000 } as const),
    ...{ maxConnections: 10, maxConnectionsPerAddress: 10, deviceMessagesPerSecond: 10, ...overrides },
  };
  const watch = {
    turnedAway: (_address: string, key: string) => void turnedAway.push(key),
    refused: () => {},
    received: () => {},
    slowed: (waitMs: number) => void waits.push(waitMs),
  };
  const admit = (socket: Socket) => {
    let isKnown = false;
    socket.on('error', () => {});
    socket.on('readable', () => {
      while (socket.read() !== null) {
        if (!isKnown) guarded.identify(socket, 'BOX-A');
        isKnown = true;
        socket.write('read');
      }
    });
  };
  const guarded = guardedServer(config, watch, admit, () => 0);
  guarded.server.listen(0, '127.0.0.1');
  await once(guarded.server, 'listening');
  onTestFinished(() => {
    guarded.cutAll();
    guarded.server.close();
  });
  const { port } = guarded.server.address() as AddressInfo;
  const open = () => connect(port, '127.0.0.1').on('error', () => {});
  return { open, waits, turnedAway };
}

test('a device that connects again gets no new burst, and what it sends with its login counts', async () => {
  const { open, waits } = await serverFor();
  for (let i = 0; i < 4; i++) {
    const socket = open();
    socket.write(Buffer.concat([CONNECT, ...Array.from({ length: 5 }, () => PING)]));
    await once(socket, 'data');
    socket.destroy();
    await once(socket, 'close');
  }
  const last = open();
  last.write(CONNECT);
  await once(last, 'data');
  // 25 packets of a burst of 20, at 10 a second.
  expect(waits.at(-1)).toBe(500);
});

test('connections beyond the cap of all are closed at once, with its name', async () => {
  const { open, turnedAway } = await serverFor({ maxConnections: 1 });
  const first = open();
  first.write(CONNECT);
  await once(first, 'data');
  await once(open().resume(), 'close');
  expect(turnedAway).toEqual(['MQTT_MAX_CONNECTIONS']);
});
