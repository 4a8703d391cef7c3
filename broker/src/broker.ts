import type { Server, Socket } from 'node:net';
import { listenError } from '@jostle/contracts';
import { Aedes, type Client } from 'aedes';
import type { Logger } from 'pino';
import { accessRules } from './access-rules.ts';
import type { BrokerConfig } from './config.ts';
import { type CapKey, guardedServer } from './guards/guarded-server.ts';
import { RefusalLog } from './guards/refusal-log.ts';
import type { Admission } from './identity/client-roles.ts';
import { CredentialsFile } from './identity/credentials-file.ts';
import { BrokerMetrics } from './metrics/broker-metrics.ts';
import { serveMetrics } from './metrics/metrics-server.ts';

/** How long the broker waits, ms; tests wait less. */
const TIMING = {
  /** A connection that has not logged in by then is cut. */
  connectTimeoutMs: 5_000,
  /** A subscriber that stops reading holds up those who publish to it for this long, and is then cut. */
  drainTimeoutMs: 5_000,
  /** A client whose token is withdrawn stays connected for this long. */
  revocationMs: 5_000,
};
export type BrokerTiming = typeof TIMING;

export interface Broker {
  /** Where it listens, also where the configuration says 0. */
  port: number;
  /** Where its metrics are; null where they were not asked for. */
  metricsPort: number | null;
  stop(): Promise<void>;
}

/**
 * Starts the broker. It keeps nothing: no retained messages, no queues for clients that are away, because every
 * record stays in its device's outbox until ingest has it.
 *
 * @throws JostleError CONFIG_INVALID for a credentials file that cannot be used, BROKER_PORT_IN_USE,
 * BROKER_ADDRESS_UNUSABLE
 */
export async function startBroker(
  config: BrokerConfig,
  log: Logger,
  timing: Partial<BrokerTiming> = {},
): Promise<Broker> {
  const { connectTimeoutMs, drainTimeoutMs, revocationMs } = { ...TIMING, ...timing };
  const nowMs = () => performance.now();
  const metrics: BrokerMetrics = new BrokerMetrics(() => aedes.connectedClients);
  const refusals = new RefusalLog(log, (code) => metrics.refused(code), nowMs);
  const watch = {
    turnedAway: (address: string, key: CapKey) => {
      metrics.turnedAway();
      refusals.note('BROKER_CONNECTION_REFUSED', address, { cap: key });
    },
    received: (bytes: number) => metrics.received(bytes),
    slowed: (waitMs: number) => metrics.slowed(waitMs),
    refused: (address: string, problem: string) =>
      refusals.note('BROKER_FRAME_REFUSED', address, { problem }),
  };
  const guarded = guardedServer(config, watch, (socket) => aedes.handle(socket), nowMs);
  const { credentialsFile } = config;
  const credentials = credentialsFile === undefined ? undefined : new CredentialsFile(credentialsFile, log);
  const admissions = new WeakMap<Client, Admission>();
  const connected = new Map<string, Client>();
  const admitted = (client: Client, admission: Admission) => {
    if (connected.has(client.id)) metrics.takenOver();
    admissions.set(client, admission);
    // It takes what all devices send, and answers each of them.
    if (admission.role === 'ingest') guarded.trust(client.conn as Socket);
    else guarded.identify(client.conn as Socket, client.id);
  };
  const aedes = await Aedes.createBroker({
    // Without a limit: with the default one a subscriber that leaves with some thousand messages waiting for it
    // ends the process.
    concurrency: 0,
    drainTimeout: drainTimeoutMs,
    connectTimeout: connectTimeoutMs,
    ...accessRules(credentials, refusals, {
      admitted,
      receiptLeftOut: () => metrics.receiptLeftOut(),
    }),
  });
  // Not once it is admitted: a connection that is gone by then takes no other one's place, and nobody is told of its end.
  aedes.on('client', (client) => {
    if (!client.closed) connected.set(client.id, client);
  });
  aedes.on('clientDisconnect', (client) => {
    if (connected.get(client.id) === client) connected.delete(client.id);
  });
  aedes.on('clientError', (client, error) => log.debug({ clientId: client.id, err: error }, 'client failed'));
  aedes.on('connectionError', (_client, error) => log.debug({ err: error }, 'connection failed'));
  aedes.on('publish', (_packet, client) => {
    if (client !== null) metrics.published();
  });
  aedes.on('ack', () => metrics.delivered());

  const port = await listen(guarded.server, config);
  const metricsServer = await serveMetrics(config, metrics.registry);
  const metricsPort = metricsServer?.port ?? null;
  const isOpen = config.credentialsFile === undefined;
  log.info({ host: config.host, port, metricsPort, isOpen }, 'broker is listening');

  const revocation = setInterval(() => {
    credentials?.current();
    for (const client of connected.values()) {
      if (admissions.get(client)?.holds()) continue;
      refusals.note('BROKER_IDENTITY_REFUSED', client.id, { problem: 'its token was withdrawn' });
      client.close();
    }
  }, revocationMs).unref();

  const stopAll = async () => {
    clearInterval(revocation);
    const closed = new Promise((resolve) => guarded.server.close(resolve));
    await new Promise<void>((resolve) => aedes.close(resolve));
    guarded.cutAll();
    await closed;
    await metricsServer?.stop();
    refusals.summarise();
  };
  let stopped: Promise<void> | undefined;
  return {
    port,
    metricsPort,
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

function listen(server: Server, { host, port }: BrokerConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    const codes = { inUse: 'BROKER_PORT_IN_USE', unusable: 'BROKER_ADDRESS_UNUSABLE' } as const;
    const place = { ...codes, host, port, hostKey: 'MQTT_HOST', portKey: 'MQTT_PORT' };
    server.once('error', (error) => reject(listenError(error, place)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
