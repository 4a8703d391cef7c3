import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { buildConsole } from './build.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jostle-console-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the built console is three files without inline scripts or styles, and nothing of Node', async () => {
  const outDir = join(await emptyFolder(), 'not', 'there', 'yet');
  await buildConsole(outDir);
  expect((await readdir(outDir)).sort()).toEqual(['app.css', 'app.js', 'index.html']);
  const html = await readFile(join(outDir, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/);
  expect(html).not.toMatch(/https?:\/\//);
  const script = await readFile(join(outDir, 'app.js'), 'utf8');
  expect(script).not.toMatch(/node:|\brequire\(|\bprocess\./);
  expect(script.length).toBeLessThan(150_000);
});

test('the build is a program too, and says what it lacks', async () => {
  const build = (...args: string[]) =>
    promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      fileURLToPath(new URL('./build.ts', import.meta.url)),
      ...args,
    ]);
  const outDir = await emptyFolder();
  await build(outDir);
  expect(await readdir(outDir)).toContain('index.html');
  await expect(build()).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining('OUT_DIR') });
});
