import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { NodeChild } from '../node-child.ts';
import type { Format } from './messages.ts';

const PROCESS = fileURLToPath(new URL('./load-process.ts', import.meta.url));

export interface LoadOptions {
  /** Of the broker. */
  port: number;
  devices: number;
  format: Format;
  /** In each message. */
  readings: number;
  /** Messages of a device without a PUBACK, at most; not looked at where a rate is given. */
  inFlight: number;
}

/** What the load process is started with. */
export interface LoadStart extends LoadOptions {
  session: number;
}

export interface LoadCommand {
  type: 'prepare';
  messages: number;
  /** As fast as PUBACKs come without. */
  perSecond?: number;
}

/** Asks for the bytes that all devices have received since they were started. */
export interface ReceivedQuestion {
  type: 'received';
}

export interface Prepared {
  /** Of the packets. */
  bytes: number;
  /** When the first reading is measured; only where no rate was given. */
  fromReadingMs: number;
}

/** What was sent; wall clock, ms. */
export interface Sent {
  fromMs: number;
  /** When the last PUBACK came. */
  toMs: number;
  /** When each message was sent; only where a rate was given. */
  sentAt: number[];
}

let sessions = 0;
let bundle: Promise<string> | undefined;

/** Without a TypeScript loader the process starts at once. @returns its path */
function bundled(): Promise<string> {
  bundle ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jostle-load-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const outfile = join(folder, 'load.mjs');
    await build({
      ...{ entryPoints: [PROCESS], outfile, bundle: true, logLevel: 'silent' },
      ...{ platform: 'node', format: 'esm', target: 'node20' },
    });
    return outfile;
  })();
  return bundle;
}

/** A process that plays devices. */
export class Load {
  readonly #child: NodeChild;

  private constructor(child: NodeChild) {
    this.#child = child;
  }

  static async start(options: LoadOptions): Promise<Load> {
    const start: LoadStart = { ...options, session: sessions++ };
    const child = new NodeChild([await bundled(), JSON.stringify(start)]);
    await child.next('ready');
    return new Load(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Encodes messages ahead, so that the measured time has none of it. */
  async prepare(messages: number, perSecond?: number): Promise<Prepared> {
    const prepared = this.#child.next<Prepared>('prepared');
    this.#child.send({ type: 'prepare', messages, ...(perSecond && { perSecond }) });
    return prepared;
  }

  /** Sends what was prepared; resolves when the broker has taken all of it. */
  async send(): Promise<Sent> {
    const sent = this.#child.next<Sent>('sent');
    this.#child.send({ type: 'go' });
    return sent;
  }

  /** Bytes of all packets that the devices have got so far; not to be asked between preparing and sending. */
  async received(): Promise<number> {
    const answer = this.#child.next<{ bytes: number }>('received');
    const question: ReceivedQuestion = { type: 'received' };
    this.#child.send({ ...question });
    return (await answer).bytes;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
