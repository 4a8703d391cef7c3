import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that it has started, it first; servers divide their work among processes of their own. */
export function familyOf(pid: number): number[] {
  // Key: process id; value: that of its parent.
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const family = [pid];
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

/** Sends a signal to each of the family; one that has gone meanwhile is as good as signalled. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  signalEach(familyOf(pid), signal);
}

/** SIGKILL to all that this process has started. */
export function killDescendants(): void {
  signalEach(familyOf(process.pid).slice(1), 'SIGKILL');
}

function signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone.
    }
  }
}

/** Whether the kernel holds a process stopped. */
export function isStopped(pid: number): boolean {
  return statOf(`${pid}`)?.[0] === 'T';
}

function parentOf(pid: string): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** `/proc/PID/stat` from its third field, the state, on; the second one may hold spaces and brackets (proc(5)). */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
