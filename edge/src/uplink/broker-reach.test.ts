import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { reachBroker } from './broker-reach.ts';

/** A port where somebody listens who says nothing. */
async function listening(): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => socket.on('data', () => socket.end('no TLS here')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

test('the way is free as far as the port', async () => {
  const { port, server } = await listening();
  onTestFinished(() => void server.close());
  expect(await reachBroker(`mqtt://127.0.0.1:${port}`)).toEqual({
    steps: [
      { step: 'dns', isOk: true, found: 'an address, no name to look up' },
      { step: 'tcp', isOk: true, found: `port ${port} is open` },
    ],
  });
  const { steps } = await reachBroker(`mqtt://user:secret@localhost:${port}`);
  expect(steps[0]?.found).toMatch(/^localhost is .*127\.0\.0\.1/);
});

test('a name that nobody knows ends the way at once', async () => {
  const { steps } = await reachBroker('mqtt://broker.invalid');
  expect(steps).toEqual([{ step: 'dns', isOk: false, found: expect.stringMatching(/broker\.invalid/) }]);
});

test('a closed port is named after the name', async () => {
  const { port, server } = await listening();
  await new Promise((resolve) => server.close(resolve));
  const { steps } = await reachBroker(`mqtt://127.0.0.1:${port}`);
  expect(steps.map(({ step, isOk }) => [step, isOk])).toEqual([
    ['dns', true],
    ['tcp', false],
  ]);
  expect(steps[1]?.found).toContain('ECONNREFUSED');
});

test('one who does not speak TLS fails at TLS', async () => {
  const { port, server } = await listening();
  onTestFinished(() => void server.close());
  const { steps } = await reachBroker(`mqtts://127.0.0.1:${port}`);
  expect(steps.map(({ step, isOk }) => [step, isOk])).toEqual([
    ['dns', true],
    ['tcp', true],
    ['tls', false],
  ]);
});
