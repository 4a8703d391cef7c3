import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { I2cTransport } from '@jostle/edge/sensing';
import { StandardFirmata } from './standard-firmata.ts';

/** A simulated Arduino on a TCP port of this machine. It serves one host at a time, the latest. */
export class FirmataServer {
  readonly board: StandardFirmata;
  readonly #server: Server;

  /** @param port 0 for a free one */
  static async listen(bus: I2cTransport, port = 0): Promise<FirmataServer> {
    const board = new StandardFirmata(bus);
    const server = createServer({ noDelay: true }, (socket) => board.attach(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FirmataServer(board, server);
  }

  private constructor(board: StandardFirmata, server: Server) {
    this.board = board;
    this.#server = server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The board is taken off: its host is cut off and nobody is let in. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.board.close();
    await closed;
  }
}
