import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Fault } from './namespaces.ts';

/** How long TCP waits at least before it sends a lost packet again (RFC 6298, section 2.4, allows less than its 1 s). */
const RESEND_MS = 200;
const LOSS_SHARE = 0.1;

/**
 * Stands between clients and a server, and does to their bytes what a bad network does: withholds those of one
 * direction or of both, or a tenth of the pieces for as long as TCP takes to send them again. Where both directions
 * were withheld the connections are gone afterwards, as with a router that has forgotten them.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #random: () => number;
  readonly #sockets = new Set<Socket>();
  #fault: Fault = 'none';
  /** Lets go of what is withheld; each looks at the fault again. */
  #held: (() => void)[] = [];
  /** Pieces that the present fault met. */
  #met = 0;

  static async open(target: URL, random: () => number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, random);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(target: URL, random: () => number) {
    this.#target = target;
    this.#random = random;
    this.#server = createServer((client) => this.#join(client));
  }

  /** Where clients find the server through it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#target.protocol}//127.0.0.1:${port}`;
  }

  /** @returns how many pieces the fault that ends with this held back */
  inflict(fault: Fault): number {
    if (this.#fault === 'both') this.#cut();
    this.#fault = fault;
    const met = this.#met;
    this.#met = 0;
    for (const goOn of this.#held.splice(0)) goOn();
    return met;
  }

  async close(): Promise<void> {
    this.inflict('none');
    this.#cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    void this.#carry(client, server, 'out');
    void this.#carry(server, client, 'in');
  }

  async #carry(from: Socket, to: Socket, direction: 'in' | 'out'): Promise<void> {
    try {
      for await (const piece of from) {
        if (this.#fault === 'loss' && this.#random() < LOSS_SHARE) {
          this.#met += 1;
          await new Promise((resolve) => setTimeout(resolve, RESEND_MS));
        }
        while (this.#fault === direction || this.#fault === 'both') {
          this.#met += 1;
          await new Promise<void>((resolve) => this.#held.push(resolve));
        }
        if (!to.write(piece)) await once(to, 'drain');
      }
      to.end();
    } catch {
      // One of the two has gone: its `close` ends the other one.
    }
  }
}
