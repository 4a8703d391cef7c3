import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface MainProcess {
  child: ChildProcess;
  /** What it printed, both streams together, so far. */
  output: () => string;
  /** Resolves with the exit code when it has ended and all of its output was read. */
  ended: Promise<number | null>;
}

/** Ingest as it is run, with nothing of this process's environment but the path; end it after the test. */
export function spawnMain(env: Record<string, string>, preload?: URL): MainProcess {
  const preloads = preload === undefined ? [] : ['--import', preload.href];
  const child = spawn(process.execPath, ['--import', 'tsx', ...preloads, MAIN], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}
