/** Where an Arduino with StandardFirmata is: at the other end of a network connection, or on a serial port. */
export type FirmataAddress = { kind: 'tcp'; host: string; port: number } | { kind: 'serial'; path: string };

/** `firmata:tcp://host:port`, an IPv6 address in brackets, or `firmata:/dev/…`. */
export const FIRMATA_PATTERN = '^firmata:(tcp://([^/\\s:]+|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5}|/dev/[^\\s]+)$';

const TCP = /^firmata:tcp:\/\/\[?(.+?)\]?:(\d+)$/;

/** @param board as {@link FIRMATA_PATTERN} has it */
export function firmataAddress(board: string): FirmataAddress {
  const [, host, port] = TCP.exec(board) ?? [];
  if (host !== undefined) return { kind: 'tcp', host, port: Number(port) };
  return { kind: 'serial', path: board.slice('firmata:'.length) };
}
