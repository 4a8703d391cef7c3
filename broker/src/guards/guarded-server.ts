import { createServer, type Server, type Socket } from 'node:net';
import type { BrokerConfig } from '../config.ts';
import { ConnectionCaps } from './connection-caps.ts';
import { DevicePaces } from './device-paces.ts';
import { FrameGuard } from './frame-guard.ts';
import { gatherWrites } from './gathered-writes.ts';
import { Pace } from './pace.ts';
import { WRITE_BUFFER_BYTES } from './receipt-room.ts';

/** What the server tells of its connections. */
export interface ServerWatch {
  /** A connection was closed at once because of the cap that this configuration key sets. */
  turnedAway(address: string, key: CapKey): void;
  /** What came in cannot be MQTT, or is too large; the connection is cut. */
  refused(address: string, problem: string): void;
  received(bytes: number): void;
  /** A connection sends faster than it may and is not read for so long. */
  slowed(waitMs: number): void;
}

export type CapKey = 'MQTT_MAX_CONNECTIONS' | 'MQTT_MAX_CONNECTIONS_PER_ADDRESS';

export interface GuardedServer {
  server: Server;
  /** Says which device logged in: its pace is that of the device from now on. */
  identify(socket: Socket, clientId: string): void;
  /** Lets a connection send as fast as it can. */
  trust(socket: Socket): void;
  /** Cuts all connections. */
  cutAll(): void;
}

/**
 * A server that admits only so many connections, cuts those that send what is not MQTT or too large, and reads none
 * faster than its pace.
 *
 * @param nowMs a monotonic clock, ms
 */
export function guardedServer(
  config: BrokerConfig,
  watch: ServerWatch,
  admit: (socket: Socket) => void,
  nowMs: () => number,
): GuardedServer {
  const caps = new ConnectionCaps(config.maxConnectionsPerAddress);
  const limits = {
    messagesPerSecond: config.deviceMessagesPerSecond,
    bytesPerSecond: config.deviceBytesPerSecond,
  };
  // Twice as many as can be there at once: none that is there can be forgotten for one that was.
  const devices = new DevicePaces(limits, nowMs, 2 * config.maxConnections);
  const paces = new Map<Socket, Pace | null>();
  const server = createServer({ highWaterMark: WRITE_BUFFER_BYTES }, (socket) => {
    const address = socket.remoteAddress ?? '';
    if (!caps.enter(address)) {
      watch.turnedAway(address, 'MQTT_MAX_CONNECTIONS_PER_ADDRESS');
      socket.destroy();
      return;
    }
    paces.set(socket, new Pace(limits, nowMs));
    socket.once('close', () => {
      paces.delete(socket);
      caps.leave(address);
    });
    gatherWrites(socket);
    guardReads(socket, () => paces.get(socket) ?? null, watch, address);
    admit(socket);
  });
  server.maxConnections = config.maxConnections;
  server.on('drop', (drop) => watch.turnedAway(drop?.remoteAddress ?? '', 'MQTT_MAX_CONNECTIONS'));
  return {
    server,
    identify: (socket, clientId) => {
      const before = paces.get(socket);
      const pace = devices.of(clientId);
      if (before) pace.adopt(before);
      paces.set(socket, pace);
    },
    trust: (socket) => void paces.set(socket, null),
    cutAll: () => {
      for (const socket of paces.keys()) socket.destroy();
    },
  };
}

/**
 * Stands between the socket and Aedes, which pulls chunks with `read` when the socket is readable. A connection ahead
 * of its pace is told that there is nothing to read, and that it is readable when the time has come: meanwhile TCP
 * holds back the sender, and nothing is lost.
 */
function guardReads(socket: Socket, paceOf: () => Pace | null, watch: ServerWatch, address: string): void {
  const guard = new FrameGuard();
  const read = socket.read.bind(socket);
  let timer: NodeJS.Timeout | undefined;
  socket.once('close', () => clearTimeout(timer));
  socket.read = (size?: number): Buffer | null => {
    if (timer !== undefined) return null;
    const pace = paceOf();
    const waitMs = pace?.waitMs() ?? 0;
    if (waitMs > 0) {
      watch.slowed(waitMs);
      timer = setTimeout(() => {
        timer = undefined;
        socket.emit('readable');
      }, waitMs);
      return null;
    }
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    watch.received(chunk.length);
    const packetsBefore = guard.packets;
    const problem = guard.problemIn(chunk);
    if (problem !== undefined) {
      watch.refused(address, problem);
      socket.destroy();
      return null;
    }
    // Before the chunk is parsed: a login in it takes over what was counted.
    pace?.take(guard.packets - packetsBefore, chunk.length);
    return chunk;
  };
}
