import { type AddressInfo, createServer } from 'node:net';
import { deviceTopic } from '@jostle/contracts';
import { type LinkEvents, openMqttLink } from '@jostle/edge/uplink';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';

const RECEIPT = {
  topic: deviceTopic('BOX-A', 'receipt'),
  qos: 1,
  retain: false,
  cmd: 'publish',
  dup: false,
} as const;

test('a link that is closed leaves the broker and tells of no receipt, though it still owes an answer', async () => {
  const aedes = await Aedes.createBroker();
  // Without its callback a message gets no PUBACK.
  aedes.authorizePublish = (_client, { topic }, done) => {
    if (topic !== deviceTopic('BOX-A', 'up')) done(null);
  };
  const server = createServer(aedes.handle).listen(0, '127.0.0.1');
  onTestFinished(() => aedes.close(() => server.close()));
  await expect.poll(() => server.listening).toBe(true);

  let isUp = false;
  let receipts = 0;
  const events: LinkEvents = {
    up: () => (isUp = true),
    down: () => {},
    receipt: () => {
      receipts += 1;
    },
  };
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { url, deviceId: 'BOX-A', token: undefined, random: () => 1 };
  const link = openMqttLink({ ...options, log: pino({ level: 'silent' }) }, events);
  await expect.poll(() => isUp).toBe(true);
  const sender = setInterval(() => aedes.publish({ ...RECEIPT, payload: 'r' }, () => {}), 1);
  onTestFinished(() => clearInterval(sender));
  await expect.poll(() => receipts).toBeGreaterThan(0);

  const closing = link.close('{"v":1,"state":"offline"}');
  link.publish('up', '{}');
  await closing;
  const before = receipts;
  await expect.poll(() => aedes.connectedClients).toBe(0);
  expect(receipts).toBe(before);
});
