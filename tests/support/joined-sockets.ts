import type { Socket } from 'node:net';

/** The two sides of a proxy: when one of them ends or fails, the other one is ended. */
export function closeTogether(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
