import { readFileSync } from 'node:fs';
import { ERROR_CODES } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { sourceFiles } from '../architecture/source-files.ts';
import { GENERATED } from './generated.ts';

test.each(GENERATED)(
  '%s is what the code says; `npm run docs` writes it',
  async (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(await text());
  },
  120_000,
);

test('docs/errors.md has the codes of the registry and no others', () => {
  const doc = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...doc.matchAll(/^### ([A-Z_]+)/gm)].map((m) => m[1]);
  expect(documented.sort()).toEqual(Object.keys(ERROR_CODES).sort());
});

test('every code of the registry is used by the code', () => {
  const sources = sourceFiles().filter(
    (file) => !file.isTest && file.path !== 'contracts/src/kernel/error-codes.ts',
  );
  const unused = Object.keys(ERROR_CODES).filter(
    (code) => !sources.some((file) => file.text.includes(`'${code}'`)),
  );
  expect(unused).toEqual([]);
});
