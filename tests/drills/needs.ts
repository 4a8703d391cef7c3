import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverProgram } from '@jostle/ingest/testing';
import { missingProgram } from '../support/requirements.ts';
import { mountSmallDisk } from './support/small-disk.ts';

/** What a drill may take of the machine: a server, the right to mount, or the right to trace. */
export type Need = 'influxd' | 'postgres' | 'mount' | 'strace';

const PROBLEMS: Readonly<Record<Need, () => string | undefined>> = {
  influxd: () =>
    serverProgram('influxd') ? undefined : 'influxd is not installed (apt-get install influxdb)',
  postgres: () =>
    serverProgram('postgres') ? undefined : 'postgres is not installed (apt-get install postgresql)',
  mount: mountProblem,
  strace: () => missingProgram({ strace: 'strace' }) ?? traceProblem(),
};

/** The first thing that a drill needs and this machine does not have, in one line; undefined where all is there. */
export function missingNeed(needs: readonly Need[] = []): string | undefined {
  for (const need of needs) {
    const problem = PROBLEMS[need]();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mountProblem(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-mount-'));
  try {
    mountSmallDisk(folder, 1).unmount();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function traceProblem(): string | undefined {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'strace may not trace (in a container --cap-add SYS_PTRACE)';
  }
}
