import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleFolder } from './bundle-folder.ts';

test('a bundle goes to the current folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(bundleFolder(folder)).toBe('');
});

test('a bundle goes to the temporary files where the current folder cannot be written', () => {
  // Root may write to every other folder; nobody to this one.
  expect(bundleFolder('/proc/self/missing')).toBe(tmpdir());
});
