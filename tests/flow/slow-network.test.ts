import { startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { openMqttLink } from '@jostle/edge/uplink';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { CuttingProxy } from '../drills/network/cutting-proxy.ts';

const log = pino({ level: 'silent' });
const PAYLOAD = 'x'.repeat(16_000);
/** More than the sockets on the way hold. */
const PAYLOADS = 2_000;

test('a connection says what the network has not taken', async () => {
  const broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0', MQTT_METRICS_PORT: '0' }), log);
  onTestFinished(() => broker.stop());
  const proxy = await CuttingProxy.open(new URL(`mqtt://127.0.0.1:${broker.port}`), () => 1);
  onTestFinished(() => proxy.close());
  let isUp = false;
  const link = openMqttLink(
    { url: proxy.url, deviceId: 'BOX-A', token: undefined, random: () => 1, log },
    { up: () => (isUp = true), down: () => (isUp = false), receipt: () => {} },
  );
  onTestFinished(() => link.close('{}'));
  await expect.poll(() => isUp).toBe(true);

  link.publish('up', '{}');
  await expect.poll(() => link.unsentBytes()).toBe(0);
  proxy.inflict('out');
  for (let i = 0; i < PAYLOADS; i++) link.publish('up', PAYLOAD);
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = link.unsentBytes();
  expect(waiting).toBeGreaterThan(PAYLOAD.length);
  expect(waiting).toBeLessThan(PAYLOADS * (PAYLOAD.length + 100));
});
