import { createServer, type Server, type Socket } from 'node:net';
import { isTopicAllowed, listenError } from '@jostle/contracts';
import {
  Aedes,
  type AedesOptions,
  type AuthErrorCode,
  type AuthenticateError,
  type Client,
  type PublishPacket,
} from 'aedes';
import type { Logger } from 'pino';
import type { BrokerConfig } from './config.ts';
import { ConnectionCaps } from './guards/connection-caps.ts';
import { FrameGuard } from './guards/frame-guard.ts';
import { RefusalLog } from './guards/refusal-log.ts';
import { rolesById, rolesByToken } from './identity/client-roles.ts';
import { CredentialsFile } from './identity/credentials-file.ts';
import { type KnownClient, publicationProblem, REFUSED_TOPIC } from './topic-rules.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A subscriber that stops reading holds up those who publish to it for this long, and is then cut. */
const DRAIN_TIMEOUT_MS = 5_000;
/** CONNACK return code 5, not authorised (MQTT 3.1.1, section 3.2.2.3). */
const NOT_AUTHORISED = 5 as AuthErrorCode.NOT_AUTHORIZED;

export interface Broker {
  /** Where it listens, also where the configuration says 0. */
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts the broker. It keeps nothing: no retained messages, no queues for clients that are away, because every
 * record stays in its device's outbox until ingest has it.
 *
 * @throws JostleError CONFIG_INVALID for a credentials file that cannot be used, BROKER_PORT_IN_USE,
 * BROKER_ADDRESS_UNUSABLE
 */
export async function startBroker(config: BrokerConfig, log: Logger): Promise<Broker> {
  const refusals = new RefusalLog(log);
  const aedes = await Aedes.createBroker({
    // Without a limit: with the default one a subscriber that leaves with some thousand messages waiting for it
    // ends the process.
    concurrency: 0,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...accessRules(config, log, refusals),
  });
  aedes.on('clientError', (client, error) => log.debug({ clientId: client.id, err: error }, 'client failed'));
  aedes.on('connectionError', (_client, error) => log.debug({ err: error }, 'connection failed'));

  const sockets = new Set<Socket>();
  const server = guardedServer(config, refusals, sockets, (socket) => aedes.handle(socket));
  const port = await listen(server, config);
  log.info({ host: config.host, port, isOpen: config.credentialsFile === undefined }, 'broker is listening');

  const stopAll = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => aedes.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    refusals.summarise();
  };
  let stopped: Promise<void> | undefined;
  return {
    port,
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

/** Who may come in, publish and subscribe. */
function accessRules(config: BrokerConfig, log: Logger, refusals: RefusalLog): AedesOptions {
  const { credentialsFile } = config;
  const roleOf =
    credentialsFile === undefined ? rolesById : rolesByToken(new CredentialsFile(credentialsFile, log));
  const known = new WeakMap<Client, KnownClient>();
  return {
    preConnect: (_client, packet, callback) => {
      // No session outlives its connection: the queue of an absent client would grow without a limit.
      packet.clean = true;
      callback(null, true);
    },
    authenticate: (client, username, password, callback) => {
      const { id } = client;
      const role = roleOf({ clientId: id, username, token: password?.toString('utf8') });
      if (role !== undefined) {
        known.set(client, { id, role });
        callback(null, true);
        return;
      }
      refusals.note('BROKER_IDENTITY_REFUSED', id.slice(0, 80), {});
      const error: AuthenticateError = Object.assign(new Error('identity refused'), {
        returnCode: NOT_AUTHORISED,
      });
      callback(error, false);
    },
    authorizeSubscribe: (client, subscription, callback) => {
      const knownClient = known.get(client);
      const isAllowed = knownClient && isTopicAllowed(knownClient, 'subscribe', subscription.topic);
      if (!isAllowed)
        refusals.note('BROKER_TOPIC_REFUSED', client.id, { filter: subscription.topic.slice(0, 200) });
      callback(null, isAllowed ? subscription : null);
    },
    // Wills come here too.
    authorizePublish: (client, packet, callback) => {
      const knownClient = client === null ? undefined : known.get(client);
      const problem = knownClient === undefined ? 'unknown client' : publicationProblem(knownClient, packet);
      if (problem !== undefined) {
        refusals.note('BROKER_TOPIC_REFUSED', client?.id ?? '', {
          topic: packet.topic.slice(0, 200),
          problem,
        });
        divert(packet);
      }
      callback(null);
    },
  };
}

function divert(packet: PublishPacket): void {
  packet.topic = REFUSED_TOPIC;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
}

/** A server that admits only so many connections, and cuts those that send what is not MQTT or too large. */
function guardedServer(
  config: BrokerConfig,
  refusals: RefusalLog,
  sockets: Set<Socket>,
  admit: (socket: Socket) => void,
): Server {
  const caps = new ConnectionCaps(config.maxConnectionsPerAddress);
  const server = createServer((socket) => {
    const address = socket.remoteAddress ?? '';
    if (!caps.enter(address)) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      caps.leave(address);
    });
    guardFrames(socket, (problem) => refusals.note('BROKER_FRAME_REFUSED', address, { problem }));
    admit(socket);
  });
  server.maxConnections = config.maxConnections;
  return server;
}

/** Looks at each chunk before the parser of Aedes does, which pulls them with `read`. */
function guardFrames(socket: Socket, refused: (problem: string) => void): void {
  const guard = new FrameGuard();
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    const chunk: Buffer | null = read(size);
    const problem = chunk === null ? undefined : guard.problemIn(chunk);
    if (problem === undefined) return chunk;
    refused(problem);
    socket.destroy();
    return null;
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
