import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAINS = {
  broker: fileURLToPath(new URL('../../../broker/src/main.ts', import.meta.url)),
  ingest: fileURLToPath(new URL('../../../ingest/src/main.ts', import.meta.url)),
} as const;

/** A server of ours in a process of its own. */
export interface MainProcess {
  port: number;
  /** Whether it still runs. */
  readonly isUp: boolean;
  /** The most memory that it ever had resident, MiB (proc(5), VmHWM). */
  peakMemoryMb(): number;
  stop(): Promise<void>;
}

/** Starts a server as it is run, with nothing of this process's environment but the path. */
export async function startMain(name: keyof typeof MAINS, env: Record<string, string>): Promise<MainProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAINS[name]], {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`${name} ended with ${code} at its start`)),
    ),
  ])) as [{ port: number }];
  return {
    port: message.port,
    get isUp() {
      return isUp(child);
    },
    peakMemoryMb: () => peakMemoryMb(child.pid),
    stop: async () => {
      if (!isUp(child)) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function isUp(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function peakMemoryMb(pid: number | undefined): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
