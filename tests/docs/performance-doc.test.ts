import { expect, test } from 'vitest';
import { part } from './performance-doc.ts';

const MACHINE = { cpu: 'a CPU', cores: 2, memoryMb: 1_000, platform: 'linux-x64', node: 'v20.0.0' };
const report = (commit: string) => ({ tool: 'bench edge', seed: 7, commit, machine: MACHINE, figures: [] });

test('a measurement stands with its command, commit, machine and seed', () => {
  expect(part('edge', 'Edge agent', report('abc1'))).toContain(
    '`npm run bench -- edge --json docs/performance/edge.json` at abc1, on a CPU (2 cores, 1000 MB, linux-x64, Node v20.0.0), seed 7.',
  );
});

test.each(['abc1-dirty', 'unknown'])('a measurement at %s is refused', (commit) => {
  expect(() => part('edge', 'Edge agent', report(commit))).toThrow(
    `docs/performance/edge.json was recorded at ${commit}`,
  );
});
