import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

/** Files that may be longer than 300 lines, each with the reason. */
const LONG_FOR_A_REASON: Record<string, string> = {
  'contracts/src/kernel/error-codes.ts': 'the registry: a table with an entry per code',
};

const files = sourceFiles().map((file) => ({ ...file, lines: file.text.split('\n').length - 1 }));
const sources = files.filter((file) => !file.isTest);

test('no source file is over 300 lines without a reason on the list', () => {
  const long = sources.filter((file) => file.lines > 300 && LONG_FOR_A_REASON[file.path] === undefined);
  expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
});

test('every reason on the list is still needed', () => {
  const short = Object.keys(LONG_FOR_A_REASON).filter(
    (path) => (sources.find((f) => f.path === path)?.lines ?? 0) <= 300,
  );
  expect(short).toEqual([]);
});

test('no test file is over 500 lines', () => {
  expect(files.filter((f) => f.isTest && f.lines > 500).map((f) => `${f.path}: ${f.lines}`)).toEqual([]);
});

test('the median source file is no longer than 100 lines', () => {
  const lines = sources.map((file) => file.lines).sort((a, b) => a - b);
  const median = lines[Math.floor(lines.length / 2)] ?? 0;
  expect(median).toBeLessThanOrEqual(100);
});
