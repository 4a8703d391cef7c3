import { expect, test } from 'vitest';
import { figure } from '../figures/figure.ts';
import { type DrillRun, reliabilityPage } from './reliability-doc.ts';

const MACHINE = { cpu: 'a cpu', cores: 2, memoryMb: 8_000, platform: 'linux-x64', node: 'v20' };

function run(file: string, seed: number, commit: string, ...drills: string[]): DrillRun {
  const figures = drills.flatMap((name) => [
    figure(`${name}.generated`, 1234, 'records', 'Made.'),
    figure(`${name}.duration`, 4321, 's', 'From its start to its end.'),
    figure(`${name}.own`, 5, 'things', 'Its own.'),
  ]);
  return { file, report: { tool: 'drill --long', seed, commit, machine: MACHINE, figures } };
}

test('the runs of the long form are one table, with the command line of each above it', () => {
  const runs = [run('long-a.json', 7, 'abc1', 'pauses', 'kills'), run('long-b.json', 8, 'abc2', 'poison')];
  const page = reliabilityPage(runs, []);
  expect(page).toContain(
    '- `npm run drill -- kills pauses --long --seed 7 --json docs/reliability/long-a.json` at abc1, on a cpu',
  );
  expect(page).toContain(
    '- `npm run drill -- poison --long --seed 8 --json docs/reliability/long-b.json` at abc2, on a cpu',
  );
  expect(page.match(/^## /gm)).toHaveLength(1);
  expect(page.match(/^\| drill \|/gm)).toHaveLength(1);
  expect(
    [...page.matchAll(/^\| `([\w-]+)` .*\| 1,234 \|.*\| 4,321 s \|$/gm)].map(([, name]) => name),
  ).toEqual(['kills', 'pauses', 'poison']);
  expect([...page.matchAll(/^\| `([\w-]+\.\w+)` /gm)].map(([, id]) => id)).toEqual([
    'kills.own',
    'pauses.own',
    'poison.own',
  ]);
  expect(page).toMatch(/Not in these runs, and so without figures: .*`partitions`/);
});

test.each(['abc1-dirty', 'unknown'])('a run at %s is refused', (commit) => {
  expect(() => reliabilityPage([], [run('drills.json', 7, commit, 'kills')])).toThrow(
    `docs/reliability/drills.json was recorded at ${commit}`,
  );
});

test('a drill that is in two runs of a form is refused', () => {
  const runs = [run('long-a.json', 7, 'abc1', 'kills'), run('long-b.json', 7, 'abc1', 'kills')];
  expect(() => reliabilityPage(runs, [])).toThrow('kills is in two runs of the long form');
});
