import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { deviceTopic, ManualClock } from '@jostle/contracts';
import mqtt from 'mqtt';
import { parser } from 'mqtt-packet';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startMosquitto } from '../testing/mosquitto.ts';
import { describeWithServer } from '../testing/servers.ts';
import type { DeliveredPacket } from './broker-link.ts';
import { openMqttLink } from './mqtt-link.ts';

/** Passes on what a client and its broker say, and keeps what the client said on each of its connections. */
async function startListener(broker: URL) {
  const connections: { client: Socket; said: Buffer }[] = [];
  const server = createServer((client) => {
    const connection = { client, said: Buffer.alloc(0) };
    connections.push(connection);
    const onward = connect(Number(broker.port), broker.hostname);
    client.on('data', (chunk) => {
      connection.said = Buffer.concat([connection.said, chunk]);
      onward.write(chunk);
    });
    onward.pipe(client);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { connections, url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The packet identifiers of the PUBACKs in what a client said. */
function pubacksIn(said: Buffer): number[] {
  const ids: number[] = [];
  const packets = parser();
  packets.on('packet', ({ cmd, messageId = 0 }) => {
    if (cmd === 'puback') ids.push(messageId);
  });
  packets.parse(said);
  return ids;
}

describeWithServer('mosquitto', 'the connection of ingest', () => {
  it('acknowledges a message on the connection that it came by, and never on the next one', async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const { connections, url } = await startListener(new URL(mosquitto.url));
    const delivered: DeliveredPacket[] = [];
    const link = openMqttLink(
      {
        ...{ url, clientId: 'ingest-1', username: 'ingest-1', token: undefined, shareGroup: undefined },
        ...{ clock: new ManualClock(0), random: () => 0, log: pino({ level: 'silent' }) },
      },
      {
        deliver: (packet) => {
          delivered.push(packet);
          return 'room';
        },
      },
    );
    onTestFinished(() => link.close());
    const device = await mqtt.connectAsync(mosquitto.url, { clientId: 'BOX-A' });
    onTestFinished(() => device.endAsync(true));
    const send = async (text: string) => {
      const arrived = () => delivered.some(({ payload }) => payload.toString() === text);
      await expect.poll(() => link.isConnected).toBe(true);
      await device.publishAsync(deviceTopic('BOX-A', 'up'), text, { qos: 1 });
      await expect.poll(arrived).toBe(true);
    };

    await send('by the first connection');
    connections[0]?.client.destroy();
    await expect.poll(() => link.isConnected).toBe(false);
    await send('by the second connection');
    const [first, second] = delivered;
    if (first === undefined || second === undefined) throw new Error('two messages were delivered');
    // To the broker they are the same: without this the test would prove nothing.
    expect(first).toMatchObject({ messageId: (second as unknown as { messageId: number }).messageId });

    link.acknowledge([first]);
    // Behind everything else that this connection says.
    link.publish(deviceTopic('BOX-A', 'receipt'), 'the end of the first answer');
    const said = () => connections[1]?.said ?? Buffer.alloc(0);
    await expect.poll(() => said().includes('the end of the first answer')).toBe(true);
    expect(pubacksIn(said())).toEqual([]);
    link.acknowledge([first, second]);
    await expect.poll(() => pubacksIn(said())).toHaveLength(1);
    expect(connections).toHaveLength(2);
  });
});
