import { expect, test } from 'vitest';
import { FIRMATA_PATTERN, type FirmataAddress, firmataAddress } from './firmata-address.ts';

test.each<[string, FirmataAddress]>([
  ['firmata:tcp://127.0.0.1:3030', { kind: 'tcp', host: '127.0.0.1', port: 3030 }],
  ['firmata:tcp://arduino.local:3030', { kind: 'tcp', host: 'arduino.local', port: 3030 }],
  ['firmata:tcp://[::1]:3030', { kind: 'tcp', host: '::1', port: 3030 }],
  ['firmata:/dev/ttyACM0', { kind: 'serial', path: '/dev/ttyACM0' }],
  [
    'firmata:/dev/serial/by-id/usb-Arduino_85-if00',
    { kind: 'serial', path: '/dev/serial/by-id/usb-Arduino_85-if00' },
  ],
])('%s is read', (board, address) => {
  expect(board).toMatch(new RegExp(FIRMATA_PATTERN));
  expect(firmataAddress(board)).toEqual(address);
});

test.each(['/dev/ttyACM0', 'firmata:', 'firmata:tcp://host', 'firmata:udp://host:1', 'firmata:ttyACM0'])(
  '%s is not an address of a board',
  (board) => expect(board).not.toMatch(new RegExp(FIRMATA_PATTERN)),
);
