import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tarOf } from './tar.ts';

test('tar unpacks what was packed, to the byte, for the owner alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-tar-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const contents = {
    'a.txt': 'grün\n',
    'empty.txt': '',
    'block.txt': 'x'.repeat(512),
    'long.txt': 'y'.repeat(70_000),
  };
  const entries = Object.entries(contents).map(([name, content]) => ({ path: `box/${name}`, content }));
  writeFileSync(join(folder, 'box.tar'), tarOf(entries, 1_000_000_000));
  execFileSync('tar', ['-xf', 'box.tar'], { cwd: folder });
  for (const [name, content] of Object.entries(contents)) {
    const path = join(folder, 'box', name);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(statSync(path)).toMatchObject({ mtimeMs: 1_000_000_000 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
});
