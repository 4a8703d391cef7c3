import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { JostleError } from '@jostle/contracts';

/** How long a process may take to stop before it is killed. */
const STOP_LIMIT_MS = 10_000;

/** A Node process that talks over IPC, in messages `{ type, … }`. */
export class NodeChild {
  readonly #child: ChildProcess;
  readonly #name: string;

  /** @param args of node; the first that does not begin with a dash names it in errors */
  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#name = args.find((arg) => arg.includes('/')) ?? 'node';
    this.#child = spawn(process.execPath, args, {
      env: { ...process.env, LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // The answers of several are waited for at a time.
    this.#child.setMaxListeners(50);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(message: { type: string } & Record<string, unknown>): void {
    this.#child.send(message);
  }

  /** The next message of a type. @throws JostleError INTERNAL where the process ends first */
  async next<T>(type: string): Promise<T> {
    const signal = new AbortController();
    const ended = once(this.#child, 'exit', { signal: signal.signal }).then(([code, cause]) => {
      throw new JostleError('INTERNAL', `${this.#name} ended with ${code ?? cause} before it said ${type}.`);
    });
    const said = new Promise<T>((resolve) => {
      const hear = (message: { type?: string }) => {
        if (message.type !== type) return;
        this.#child.off('message', hear);
        resolve(message as T);
      };
      this.#child.on('message', hear);
    });
    try {
      return await Promise.race([said, ended]);
    } finally {
      signal.abort();
      await ended.catch(() => {});
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    else child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(timer);
  }
}
