import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder that a living process uses is refused, with its pid; afterwards it is free', async () => {
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  writeFileSync(join(folder, 'start.pid'), `${other.pid}\n`);
  expect(() => lockFolder(folder)).toThrow(`pid ${other.pid}`);
  other.stdin?.end();
  await once(other, 'exit');
  const unlock = lockFolder(folder);
  expect(existsSync(join(folder, 'start.pid'))).toBe(true);
  unlock();
  expect(existsSync(join(folder, 'start.pid'))).toBe(false);
});
