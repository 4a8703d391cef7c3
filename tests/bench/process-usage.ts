import { readdirSync, readFileSync } from 'node:fs';

/** sysconf(_SC_CLK_TCK), which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of all threads, s. */
export function cpuSeconds(pid: number): number {
  return cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** The same of each thread by its id; that of the main thread is the process's. */
export function threadSeconds(pid: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const stat = readIfThere(`/proc/${pid}/task/${id}/stat`);
    if (stat !== undefined) found.set(Number(id), cpuSecondsIn(stat));
  }
  return found;
}

/** Resident memory, MB of 1024² bytes. */
export function residentMb(pid: number): number {
  return statusMb(pid, 'VmRSS');
}

/** The most that was ever resident, likewise. */
export function peakResidentMb(pid: number): number {
  return statusMb(pid, 'VmHWM');
}

/** The process that was started with this argument; NaN where there is none. */
export function pidStartedWith(argument: string): number {
  const hasIt = (id: string) => readIfThere(`/proc/${id}/cmdline`)?.split('\0').includes(argument);
  return Number(readdirSync('/proc').find((name) => /^\d+$/.test(name) && hasIt(name)) ?? Number.NaN);
}

/** Fields 14 and 15 of a stat file, counted behind the name. */
function cpuSecondsIn(stat: string): number {
  const fields = stat.split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function statusMb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

/** Threads and processes may end between the listing and the look. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
