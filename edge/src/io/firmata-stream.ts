import { spawn } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { JostleError } from '@jostle/contracts';
import type { FirmataAddress } from './firmata-address.ts';

/** Speed of the sketch (StandardFirmata.ino, `Firmata.begin(57600)`). A board with USB of its own ignores it. */
const BAUD = '57600';
const CONNECT_MS = 5000;

/**
 * The bytes from and to the board.
 *
 * A serial port is set up by `stty` of coreutils and read as the terminal that it is to Node: no native package, which
 * would have to be built or trusted for each architecture, is needed for one speed and no modem lines.
 *
 * @throws an error of the system, or JostleError EDGE_SENSOR_ABSENT where the file is no serial port
 */
export function openFirmataStream(address: FirmataAddress): Promise<Duplex> {
  return address.kind === 'tcp' ? openSocket(address) : openSerialPort(address.path);
}

function openSocket({ host, port }: { host: string; port: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    // Requests are small and each is waited for: held back for a fuller packet they would only be late.
    const socket = connect({ host, port, noDelay: true, keepAlive: true, timeout: CONNECT_MS });
    const giveUp = () => socket.destroy(new JostleError('EDGE_SENSOR_ABSENT', `${host}:${port} is silent`));
    socket.once('timeout', giveUp);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('timeout', giveUp);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

async function openSerialPort(path: string): Promise<Duplex> {
  // Without O_NONBLOCK the opening would wait for a carrier, which an Arduino does not give.
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
  const fd = await promisify(open)(path, flags);
  try {
    await setUp(fd);
    return new ReadStream(fd);
  } catch (cause) {
    close(fd);
    throw new JostleError('EDGE_SENSOR_ABSENT', `${path} is not a serial port (${String(cause)})`, { cause });
  }
}

/** On the open file, so that the board, which restarts whenever its port is opened, does so once. */
function setUp(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stty = spawn('stty', [BAUD, 'raw', '-echo', 'cs8', 'clocal'], { stdio: [fd, 'ignore', 'pipe'] });
    let complaint = '';
    stty.stderr?.on('data', (chunk) => {
      complaint += chunk;
    });
    stty.once('error', reject);
    stty.once('close', (code) => (code === 0 ? resolve() : reject(complaint.trim())));
  });
}
