import { deviceTopic } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { brokerFor, metricsOf, next, online } from './testing/clients.ts';

/** More than the buffers of a loopback connection hold. */
const RECEIPTS = 2_000;
const RECEIPT = 'x'.repeat(8_000);

test('a device that does not read holds back nobody else’s receipts, and is not cut for it', async () => {
  const broker = await brokerFor({ metricsPort: 0 });
  const paused = await online(broker, 'BOX-A');
  await paused.subscribeAsync(deviceTopic('BOX-A', 'receipt'), { qos: 1 });
  paused.stream.pause();
  const other = await online(broker, 'BOX-B');
  await other.subscribeAsync(deviceTopic('BOX-B', 'receipt'), { qos: 1 });
  const receipt = next(other, 'message');

  const ingest = await online(broker, 'ingest-1');
  for (let i = 0; i < RECEIPTS; i++) ingest.publish(deviceTopic('BOX-A', 'receipt'), RECEIPT, { qos: 0 });
  ingest.publish(deviceTopic('BOX-B', 'receipt'), 'for B', { qos: 0 });
  await receipt;

  const metric = await metricsOf(broker);
  expect(metric('clients_connected')).toBe(3);
  const leftOut = metric('receipts_left_out_total');
  expect(leftOut).toBeGreaterThan(0);
  // What it could take it gets, and it goes on when it reads again.
  let taken = 0;
  paused.on('message', () => {
    taken += 1;
  });
  paused.stream.resume();
  await expect.poll(() => taken).toBe(RECEIPTS - leftOut);
  ingest.publish(deviceTopic('BOX-A', 'receipt'), 'for A', { qos: 0 });
  await expect.poll(() => taken).toBe(RECEIPTS - leftOut + 1);
});
