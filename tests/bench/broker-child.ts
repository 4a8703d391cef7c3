import { fileURLToPath } from 'node:url';
import { NodeChild } from './node-child.ts';

const OUR_BROKER = fileURLToPath(new URL('../../broker/src/main.ts', import.meta.url));
const BARE_AEDES = fileURLToPath(new URL('./broker/bare-aedes.ts', import.meta.url));

export interface BrokerChild {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Our broker as a process. It lets a device send as fast as it can, and one address have as many as come. */
export function startOurBroker(): Promise<BrokerChild> {
  return started(
    new NodeChild(['--import', 'tsx', OUR_BROKER], {
      MQTT_PORT: '0',
      MQTT_MAX_CONNECTIONS: '100000',
      MQTT_MAX_CONNECTIONS_PER_ADDRESS: '100000',
      MQTT_DEVICE_MESSAGES_PER_S: '1000000',
      MQTT_DEVICE_BYTES_PER_S: '1000000000',
    }),
  );
}

export function startBareAedes(): Promise<BrokerChild> {
  return started(new NodeChild(['--import', 'tsx', BARE_AEDES]));
}

async function started(child: NodeChild): Promise<BrokerChild> {
  const { port } = await child.next<{ port: number }>('ready');
  return { port, pid: child.pid, stop: () => child.stop() };
}
