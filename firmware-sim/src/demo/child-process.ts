import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JostleError, retryDelayMs } from '@jostle/contracts';
import type { Layout } from './layout.ts';

/** EX_CONFIG of sysexits.h: the process refuses its configuration. */
export const EXIT_CONFIG = 78;
/** Lines of a log that are shown when its process does not come up. */
const LOG_LINES = 12;
const RESTARTS = { firstMs: 500, maxMs: 10_000, factor: 2 };

/** Variables that only a process gets which needs them. */
const SECRETS = ['DATABASE_URL', 'INFLUX_TOKEN', 'JOSTLE_API_KEY'].flatMap((name) => [name, `${name}_FILE`]);

function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name)));
}

export interface ChildOptions {
  name: string;
  entry: string;
  env: Record<string, string>;
  needsSecrets?: boolean;
}

/**
 * One process of the system: started with an IPC channel, over which it says `ready`, and started again when
 * it dies without having been told to. It runs in a process group of its own, so that a Ctrl-C reaches only the
 * launcher, which then stops everything in order.
 */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  readonly #layout: Layout;
  readonly #say: (line: string) => void;
  #process: ChildProcess | undefined;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  /** A process that never was ready is not started again: its reason is said instead. */
  #hasBeenReady = false;
  #isStopping = false;

  constructor(options: ChildOptions, layout: Layout, say: (line: string) => void) {
    this.name = options.name;
    this.#options = options;
    this.#layout = layout;
    this.#say = say;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get logPath(): string {
    return join(this.#layout.logs, `${this.name}.log`);
  }

  /** Resolves when the process says that it is ready; rejects with the end of its log when it ends before. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#spawn({
        onReady: resolve,
        onEarlyExit: (code) => reject(this.#ended(code)),
      });
    });
  }

  /** Asks the process to stop and kills it after `limitMs`: what it has confirmed is on disk either way. */
  async stop(limitMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => {
      this.#say(`${this.name} did not stop in ${limitMs} ms and was killed; see ${this.logPath}`);
      child.kill('SIGKILL');
    }, limitMs);
    await ended;
    clearTimeout(killer);
  }

  #spawn(once: { onReady: () => void; onEarlyExit: (code: number | string | null) => void }): void {
    const log = openSync(this.logPath, 'a', 0o600);
    const { entry, env, needsSecrets } = this.#options;
    const child = spawn(process.execPath, ['--import', 'tsx', entry], {
      env: { ...(needsSecrets ? process.env : withoutSecrets(process.env)), ...env },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.#process = child;
    const pidPath = join(this.#layout.run, `${this.name}.pid`);
    writeFileSync(pidPath, `${child.pid}\n`);

    let isReady = false;
    child.on('message', (message: { type?: string }) => {
      if (message.type !== 'ready') return;
      isReady = true;
      this.#hasBeenReady = true;
      this.#restarts = 0;
      once.onReady();
    });
    child.once('exit', (code, signal) => {
      rmSync(pidPath, { force: true });
      if (this.#isStopping) return;
      if (!isReady) once.onEarlyExit(code ?? signal);
      if (this.#hasBeenReady) this.#restart(code ?? signal);
    });
  }

  #restart(reason: number | string | null): void {
    const delay = retryDelayMs(RESTARTS, this.#restarts, Math.random());
    this.#restarts += 1;
    this.#say(`${this.name} ended unexpectedly (${reason}); starting it again`);
    this.#restartTimer = setTimeout(() => {
      this.#spawn({
        onReady: () => this.#say(`${this.name} is back (pid ${this.pid})`),
        onEarlyExit: () => this.#say(`${this.name} did not come up; see ${this.logPath}`),
      });
    }, delay);
  }

  /** Why the process is not there; a refused configuration stays one. */
  #ended(code: number | string | null): JostleError {
    const log = readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
    const message = `${this.name} ended with ${code}:\n${log}`;
    return new JostleError(code === EXIT_CONFIG ? 'CONFIG_INVALID' : 'DEMO_PROCESS_ENDED', message);
  }
}
