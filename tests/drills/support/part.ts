import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { isStopped, signalFamily } from '../../support/process-family.ts';

export const PART_KINDS = ['edge', 'broker', 'ingest', 'influxd', 'postgres'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** What a part is started with, each time anew. */
export interface PartCommand {
  program: string;
  args: readonly string[];
  options?: SpawnOptions;
}

export interface PartOptions {
  kind: PartKind;
  name: string;
  logPath: string;
  command(): PartCommand;
  /** Asked again and again after a start; a part without it says `ready` over its IPC channel. */
  isReady?: () => Promise<boolean>;
  /** Takes what it says over its IPC channel. */
  message?: (message: never) => void;
  /** How it is asked to end. */
  stopSignal?: NodeJS.Signals;
}

const POLL_MS = 40;
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
/** A part that cannot start because another one is down is tried again after this. */
const AGAIN_MS = 100;
const LOG_BYTES = 3000;

/**
 * One process of the system under a drill. It is started again whenever it ends, as a service manager would, and
 * everything that it does is in its log.
 */
export class Part {
  readonly kind: PartKind;
  readonly name: string;
  /** How often it ended by itself after it had been ready. */
  crashes = 0;
  /** How often it ended by a SIGKILL of ours. */
  killed = 0;
  /** How often the kernel had it stopped. */
  paused = 0;
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;
  #isUp = false;
  #isPaused = false;
  #isStopping = false;
  /** Set while it is dying of our signal. */
  #isKilled = false;
  /** Called when it is ready; emptied then. */
  #waiting: (() => void)[] = [];

  constructor(options: PartOptions) {
    this.kind = options.kind;
    this.name = options.name;
    this.#options = options;
    process.once('exit', this.#end);
  }

  /** Whether it is ready, and neither killed nor held. */
  get isUp(): boolean {
    return this.#isUp && !this.#isPaused;
  }

  start(): Promise<void> {
    this.#spawn();
    return this.up();
  }

  /** Resolves when it is ready. */
  async up(): Promise<void> {
    if (this.#isUp) return;
    const limit = new AbortController();
    const ready = new Promise<void>((resolve) => this.#waiting.push(resolve));
    const late = wait(READY_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`${this.name} is not ready after ${READY_LIMIT_MS} ms: ${this.logEnd()}`);
    });
    await Promise.race([ready, late]).finally(() => limit.abort());
    await late.catch(() => {});
  }

  /** SIGKILL, to all of its processes at once; it starts again by itself. */
  kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#child?.exitCode !== null) return;
    this.#isKilled = true;
    this.#isUp = false;
    signalFamily(pid, 'SIGKILL');
  }

  /** Kills it and keeps it down until the function that this gives is called. */
  async hold(): Promise<() => Promise<void>> {
    const child = this.#child;
    this.#isStopping = true;
    const exited = child === undefined ? undefined : once(child, 'exit');
    this.kill();
    await exited;
    return () => {
      this.#isStopping = false;
      return this.start();
    };
  }

  /** SIGSTOP to all of its processes, and SIGCONT after a while. */
  async pause(ms: number): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#isPaused = true;
    signalFamily(pid, 'SIGSTOP');
    await wait(ms);
    if (isStopped(pid)) this.paused += 1;
    signalFamily(pid, 'SIGCONT');
    this.#isPaused = false;
  }

  send(message: object): void {
    if (this.#isUp && this.#child?.connected) this.#child.send(message);
  }

  /** Asks it to end; resolves when it has. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    process.removeListener('exit', this.#end);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(this.#options.stopSignal ?? 'SIGTERM');
    const limit = setTimeout(this.#end, STOP_LIMIT_MS);
    await exited;
    clearTimeout(limit);
  }

  /** What it wrote last. */
  logEnd(): string {
    return readFileSync(this.#options.logPath, 'utf8').slice(-LOG_BYTES);
  }

  readonly #end = () => {
    if (this.#child?.pid !== undefined) signalFamily(this.#child.pid, 'SIGKILL');
  };

  #spawn(): void {
    const { program, args, options } = this.#options.command();
    const log = openSync(this.#options.logPath, 'a');
    const channel = this.#options.isReady === undefined ? (['ipc'] as const) : [];
    const child = spawn(program, args, { ...options, stdio: ['ignore', log, log, ...channel] });
    closeSync(log);
    this.#child = child;
    this.#isKilled = false;
    child.on('message', (message: { type?: string }) => {
      if (message.type === 'ready') this.#ready(child);
      else this.#options.message?.(message as never);
    });
    // A message to a process that is being killed cannot be delivered.
    child.on('error', () => {});
    child.once('exit', (_, signal) => this.#ended(signal));
    void this.#askUntilReady(child);
  }

  async #askUntilReady(child: ChildProcess): Promise<void> {
    const { isReady } = this.#options;
    if (isReady === undefined) return;
    while (child.exitCode === null && child.signalCode === null) {
      if (await isReady().catch(() => false)) return this.#ready(child);
      await wait(POLL_MS);
    }
  }

  #ready(child: ChildProcess): void {
    if (child !== this.#child || this.#isKilled) return;
    this.#isUp = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #ended(signal: NodeJS.Signals | null): void {
    if (this.#isKilled && signal === 'SIGKILL') this.killed += 1;
    if (this.#isUp && !this.#isStopping) this.crashes += 1;
    this.#isUp = false;
    if (!this.#isStopping) setTimeout(() => this.#isStopping || this.#spawn(), AGAIN_MS);
  }
}
