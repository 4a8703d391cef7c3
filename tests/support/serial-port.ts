import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

/** A serial port of this machine whose other end is a TCP port. It is there anew after each time it was closed. */
export class SerialPort {
  readonly path: string;
  readonly #folder: string;
  readonly #port: number;
  #socat: ChildProcess;
  #isClosed = false;

  /** Resolves when the port can be opened. */
  static async at(tcpPort: number): Promise<SerialPort> {
    const serial = new SerialPort(tcpPort);
    await vi.waitUntil(() => existsSync(serial.path), { timeout: 20_000 });
    return serial;
  }

  private constructor(tcpPort: number) {
    this.#port = tcpPort;
    this.#folder = mkdtempSync(join(tmpdir(), 'jostle-serial-'));
    this.path = join(this.#folder, 'tty');
    this.#socat = this.#start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#socat.exitCode === null && this.#socat.signalCode === null) {
      this.#socat.kill();
      await once(this.#socat, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(): ChildProcess {
    const terminal = `PTY,link=${this.path},raw,echo=0,wait-slave,pty-interval=0.02`;
    const socat = spawn('socat', [terminal, `TCP:127.0.0.1:${this.#port}`], { stdio: 'ignore' });
    socat.once('exit', () => {
      if (!this.#isClosed) this.#socat = this.#start();
    });
    return socat;
  }
}
