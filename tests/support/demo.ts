import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `npm start` as a test runs it: own folder, own ports, its output kept. */
export class Demo {
  readonly url: string;
  readonly dataDir: string;
  output = '';
  readonly #process: ChildProcess;

  constructor(dataDir: string, httpPort: number, mqttPort: number) {
    this.dataDir = dataDir;
    this.url = `http://127.0.0.1:${httpPort}`;
    this.#process = spawn(process.execPath, ['--import', 'tsx', 'firmware-sim/src/demo/start.ts'], {
      cwd: ROOT,
      env: {
        ...process.env,
        JOSTLE_DATA_DIR: dataDir,
        HTTP_PORT: String(httpPort),
        MQTT_PORT: String(mqttPort),
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    this.#process.stdout?.on('data', keep);
    this.#process.stderr?.on('data', keep);
  }

  /** The process id that a part of the system has now. */
  pidOf(name: string): number {
    return Number(readFileSync(join(this.dataDir, 'run', `${name}.pid`), 'utf8'));
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Ctrl-C; resolves with the exit code and how long the stop took, ms. */
  async interrupt(): Promise<{ code: number | null; ms: number }> {
    const from = performance.now();
    if (this.isRunning) {
      this.#process.kill('SIGINT');
      await once(this.#process, 'exit');
    }
    return { code: this.#process.exitCode, ms: performance.now() - from };
  }
}
