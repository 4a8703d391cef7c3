import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildConsole } from './build.ts';

test('the built console is three files without inline scripts or styles, and nothing of Node', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'jostle-console-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const outDir = join(parent, 'not', 'there', 'yet');
  await buildConsole(outDir);
  expect((await readdir(outDir)).sort()).toEqual(['app.css', 'app.js', 'index.html']);
  const html = await readFile(join(outDir, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/);
  expect(html).not.toMatch(/https?:\/\//);
  const script = await readFile(join(outDir, 'app.js'), 'utf8');
  expect(script).not.toMatch(/node:|\brequire\(|\bprocess\./);
  expect(script.length).toBeLessThan(150_000);
});
