import type { Socket } from 'node:net';

/**
 * Sends what is written within one turn of the event loop by one call of the system. Aedes writes packet by packet, and
 * such calls are the dearest part of what the broker does for a message.
 */
export function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isGathering = false;
  socket.write = (...args: unknown[]): boolean => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      setImmediate(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
}
