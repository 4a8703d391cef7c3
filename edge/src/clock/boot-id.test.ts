import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { machineBootId } from './boot-id.ts';

it.each([
  { content: '11111111-2222-4333-8444-555555555555\n', isKept: true },
  { content: 'no id', isKept: false },
  { content: null, isKept: false },
])('is what the kernel says where that is an id, else a new one: $content', ({ content, isKept }) => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-boot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'boot_id');
  if (content !== null) writeFileSync(file, content);
  const id = machineBootId(file);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(id === content?.trim()).toBe(isKept);
  expect(machineBootId(file) === id).toBe(isKept);
});
