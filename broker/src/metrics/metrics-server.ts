import { once } from 'node:events';
import { createServer } from 'node:http';
import { listenError } from '@jostle/contracts';
import type { Registry } from 'prom-client';
import type { BrokerConfig } from '../config.ts';

export interface MetricsServer {
  port: number;
  stop(): Promise<void>;
}

/**
 * Serves the metrics on a port of their own, on loopback: whoever may connect a device need not see them.
 *
 * @returns null where the configuration names no port
 * @throws JostleError BROKER_PORT_IN_USE
 */
export async function serveMetrics(
  { metricsPort }: BrokerConfig,
  registry: Registry,
): Promise<MetricsServer | null> {
  if (metricsPort === undefined) return null;
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  });
  const host = '127.0.0.1';
  server.listen(metricsPort, host);
  await once(server, 'listening').catch((error: unknown) => {
    const codes = { inUse: 'BROKER_PORT_IN_USE', unusable: 'BROKER_ADDRESS_UNUSABLE' } as const;
    const keys = { hostKey: 'MQTT_METRICS_PORT', portKey: 'MQTT_METRICS_PORT' };
    throw listenError(error, { ...codes, ...keys, host, port: metricsPort });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : metricsPort,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
