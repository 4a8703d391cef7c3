import { expect, test } from 'vitest';
import { runOrSayWhy } from './run-drill.ts';

const OPTIONS = { seed: 7, isLong: false, progress: () => {} };

test('a drill that throws is a figure that misses its target, and the whole error is printed', async () => {
  const printed: string[] = [];
  const run = async () => {
    throw new Error(`no receipt\n| log of ingest |${'x'.repeat(500)}`);
  };
  const figures = await runOrSayWhy({ name: 'd', about: '', parts: '', run }, OPTIONS, (text) =>
    printed.push(text),
  );
  expect(figures).toMatchObject([{ id: 'd.ran', value: 0, target: 1, pass: false }]);
  expect(figures[0]?.how).toMatch(/^Did not come to its end: no receipt \/ log of ingest \/x{100}/);
  expect(figures[0]?.how.length).toBeLessThan(400);
  expect(printed.join('')).toContain('x'.repeat(500));
});

test('a drill that comes to its end says how long it took', async () => {
  const run = async () => ({ generated: 1, lost: 0, twice: 0 });
  const figures = await runOrSayWhy({ name: 'd', about: '', parts: '', run }, OPTIONS, () => {});
  expect(figures.at(-1)).toMatchObject({ id: 'd.duration', unit: 's', pass: true });
});
