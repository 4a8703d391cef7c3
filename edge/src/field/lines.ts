import type { Socket } from 'node:net';

/**
 * Hands on each line that a socket brings, without its end; what comes after the last end of line is none.
 * A line beyond the limit ends the connection.
 *
 * @param bytesMax longest line, in UTF-16 code units
 */
export function readLines(socket: Socket, bytesMax: number, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line.length <= bytesMax) take(line);
    if (rest.length > bytesMax || parts.some((line) => line.length > bytesMax)) socket.destroy();
  });
}
