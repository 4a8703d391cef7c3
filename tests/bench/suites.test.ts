import { expect, test } from 'vitest';
import { figure } from '../figures/figure.ts';
import { benchArguments } from './arguments.ts';
import { runSuites, type Suite } from './suites.ts';

const KNOWN = ['edge', 'broker'];
const met: Suite = async () => [figure('a', 1, 'u', '', { atLeast: 1 })];
const missed: Suite = async () => [figure('b', 1, 'u', '', { atLeast: 2 })];
const broken: Suite = async () => {
  throw new RangeError('no server');
};

async function run(...suites: [string, Suite][]) {
  const said: string[] = [];
  const done: string[] = [];
  const options = { seconds: 1, seed: 7, progress: (text: string) => said.push(text) };
  const isMet = await runSuites(suites, options, (name, figures) => done.push(`${name} ${figures[0]?.id}`));
  return { isMet, done, said: said.join('\n') };
}

test('suites run in their order; one missed target is enough', async () => {
  expect(await run(['x', met], ['y', met])).toEqual({ isMet: true, done: ['x a', 'y a'], said: '' });
  expect(await run(['x', missed], ['y', met])).toEqual({ isMet: false, done: ['x b', 'y a'], said: '' });
});

test('a suite that throws is reported, and the others run', async () => {
  const { isMet, done, said } = await run(['x', broken], ['y', met]);
  expect([isMet, done, said]).toEqual([
    false,
    ['y a'],
    expect.stringContaining('x failed: RangeError: no server'),
  ]);
});

test('without a suite all are meant, each with a file in the folder', () => {
  expect(benchArguments([], KNOWN)).toMatchObject({ suites: KNOWN, seconds: 600 });
  const all = benchArguments(['--json', 'folder'], KNOWN);
  expect(typeof all !== 'string' && KNOWN.map(all.fileOf)).toEqual([
    'folder/edge.json',
    'folder/broker.json',
  ]);
  const none = benchArguments([], KNOWN);
  expect(typeof none !== 'string' && none.fileOf('edge')).toBeUndefined();
});

test('a suite that is named has a file of its own', () => {
  const one = benchArguments(['broker', '--json', 'it.json', '--seconds', '5'], KNOWN);
  expect(one).toMatchObject({ suites: ['broker'], seconds: 5 });
  expect(typeof one !== 'string' && one.fileOf('broker')).toBe('it.json');
});

test.each([
  [['nothing'], 'There is no suite nothing.'],
  [['edge', 'broker'], 'There is no suite edge broker.'],
  [['edge', '--seconds', '0'], '--seconds takes a number from 1.'],
  [['edge', '--speed'], "Unknown option '--speed'"],
])('the arguments %j are refused', (args, why) => {
  expect(benchArguments(args, KNOWN)).toContain(why);
});
