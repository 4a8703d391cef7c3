import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { JostleError } from '@jostle/contracts';
import { cpuSeconds, residentMb } from '../process-usage.ts';

const SAMPLE_EVERY_MS = 1000;
/** Compilation and the first garbage collections belong to the start. */
const WARM_UP_MS = 5000;

export interface Load {
  /** Of one core, %. */
  cpuPct: number;
  /** Largest resident memory after the start, MB of 1024² bytes. */
  rssMb: number;
}

/**
 * Starts a process that says over IPC when it is ready, and follows it through /proc.
 *
 * @param args of node
 */
export async function measureProcess(
  args: readonly string[],
  env: Record<string, string>,
  seconds: number,
): Promise<Load> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (typeof first === 'number')
      throw new JostleError('INTERNAL', `The measured process ended with ${first} before it was ready.`);
    await wait(Math.min(WARM_UP_MS, seconds * 500));
    return await follow(child.pid ?? 0, seconds * 1000);
  } finally {
    await end(child);
  }
}

async function follow(pid: number, forMs: number): Promise<Load> {
  const from = performance.now();
  const cpuFrom = cpuSeconds(pid);
  let rssMb = residentMb(pid);
  while (performance.now() - from < forMs) {
    await wait(Math.min(SAMPLE_EVERY_MS, forMs));
    rssMb = Math.max(rssMb, residentMb(pid));
  }
  const elapsedS = (performance.now() - from) / 1000;
  return { cpuPct: ((cpuSeconds(pid) - cpuFrom) / elapsedS) * 100, rssMb };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
