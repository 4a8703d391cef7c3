import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { familyOf } from '../support/process-family.ts';
import { describeUnlessMissing } from '../support/requirements.ts';
import { missingNeed } from './needs.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

describeUnlessMissing(missingNeed(['mount']), 'a run of drills', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that %s ends leaves no process, no mount and no file', async (signal, status) => {
    const folder = mkdtempSync(join(tmpdir(), 'jostle-interrupted-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const run = spawn(process.execPath, ['--import', 'tsx', MAIN, 'server-disk-full', '--long'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: 'ignore',
    });
    const ended = once(run, 'exit');
    onTestFinished(() => void run.kill('SIGKILL'));
    const started = () => familyOf(run.pid ?? 0).slice(1);
    const isMounted = () => readFileSync('/proc/mounts', 'utf8').includes(folder);
    await expect.poll(() => isMounted() && started().length >= 2).toBe(true);
    const pids = started();
    run.kill(signal);
    expect(await ended).toEqual([status, null]);
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(isMounted()).toBe(false);
    // The loader of TypeScript keeps its own.
    expect(readdirSync(folder).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  });
});
