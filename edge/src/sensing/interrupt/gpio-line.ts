import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type RetryPlan, retryDelayMs } from '@jostle/contracts';
import { dialectOf, type GpiomonDialect } from './gpiomon-dialect.ts';
import type { InterruptLine, InterruptListener } from './interrupt-line.ts';

const RETRY: RetryPlan = { firstMs: 1000, maxMs: 60_000, factor: 2 };
/** A watcher that lives so long has the line; one that cannot get it ends at once. */
const SETTLED_MS = 500;
const QUESTION_MS = 5000;

/**
 * A GPIO line, watched by libgpiod's `gpiomon` as a child process: no native code, and the kernel's own character device.
 * The chip is found by the name of the line, because numbers of chips differ between models and kernels.
 *
 * INVARIANTS
 * - at most one watcher runs; it is ended by `close`; where this process dies, by the next edge, which it can no longer tell
 * - after a watcher has ended, another is started, later and later while none stays
 */
export class GpioLine implements InterruptLine {
  readonly name: string;
  readonly #env: NodeJS.ProcessEnv | undefined;
  #listener: InterruptListener | undefined;
  #watcher: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempts = 0;
  #isLost = false;
  #isClosed = false;

  /**
   * @param name of the line, such as GPIO17
   * @param env of the child processes; left out: that of this process
   */
  constructor(name: string, env?: NodeJS.ProcessEnv) {
    this.name = name;
    this.#env = env;
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
    void this.#start();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.kill();
  }

  async #start(): Promise<void> {
    const problem = await this.#watch().catch((error) => String(error));
    if (problem !== null) this.#lose(problem);
  }

  /** Returns why the line cannot be watched; null where a watcher has been started. */
  async #watch(): Promise<string | null> {
    const dialect = dialectOf(await this.#answerOf(['gpiomon', '--version']));
    if (dialect === null) return 'gpiomon is not there: install the package gpiod';
    const find = dialect.find(this.name);
    const place = find === null ? [] : dialect.placeOf(await this.#answerOf(find));
    if (place === null) return `there is no GPIO line ${this.name}: see gpioinfo`;
    if (!this.#isClosed) this.#spawn(dialect, dialect.watch(this.name, place));
    return null;
  }

  #spawn(dialect: GpiomonDialect, [command = '', ...args]: readonly string[]): void {
    const watcher = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.#env });
    this.#watcher = watcher;
    let complaint = '';
    watcher.stderr.on('data', (data) => {
      complaint = `${complaint}${data}`.slice(-100);
    });
    createInterface({ input: watcher.stdout }).on('line', (text) => {
      if (this.#isClosed || dialect.edgeMs(text) === null) return;
      this.#settle();
      this.#listener?.edge();
    });
    this.#timer = setTimeout(() => this.#settle(), SETTLED_MS);
    // A watcher that cannot be started is closed as well.
    watcher.on('error', (error) => {
      complaint = error.message;
    });
    watcher.on('close', (code, signal) =>
      this.#lose(`gpiomon ended (${signal ?? code}) ${complaint}`.trim()),
    );
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#attempts = 0;
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#listener?.found();
  }

  #lose(detail: string): void {
    clearTimeout(this.#timer);
    this.#watcher = undefined;
    if (this.#isClosed) return;
    // Nobody else waits for the line: there is nothing that chance could spread out.
    this.#timer = setTimeout(() => void this.#start(), retryDelayMs(RETRY, this.#attempts, 1));
    this.#attempts += 1;
    if (this.#isLost) return;
    this.#isLost = true;
    this.#listener?.lost(detail);
  }

  /** What a command prints; nothing where it cannot be run or finds nothing. */
  #answerOf([command = '', ...args]: readonly string[]): Promise<string> {
    const options = { timeout: QUESTION_MS, ...(this.#env !== undefined && { env: this.#env }) };
    return new Promise((resolve) => {
      execFile(command, args, options, (error, stdout) => resolve(error === null ? stdout : ''));
    });
  }
}
