import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoryFile } from './story-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-story-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a story keeps its start and how far it got', () => {
  const first = new StoryFile(folder, 1_800_000_000_000);
  first.advance('entered');
  const second = new StoryFile(folder, 1_900_000_000_000);
  expect(second.startsAtMs).toBe(first.startsAtMs);
  expect(second.progress).toBe('entered');
});

test.each(['', '{"startsAtMs": "soon"}'])('a damaged file is said, not taken for a new story: %j', (text) => {
  writeFileSync(join(folder, 'story.json'), text);
  expect(() => new StoryFile(folder, 0)).toThrow(/story\.json cannot be read/);
});
