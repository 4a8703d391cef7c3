import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, ROOT, sourceFiles, WORKSPACES } from './source-files.ts';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const files = sourceFiles();
/** Run by developers, and not part of what is run elsewhere. */
const TOOLING = 'edge/packaging/';
const shared = Object.keys(manifestOf('.').devDependencies ?? {});

describe.each(WORKSPACES)('%s', (workspace) => {
  const { dependencies = {}, optionalDependencies = {}, devDependencies = {} } = manifestOf(workspace);
  const runtime = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
  const imported = (withDevelopment: boolean) =>
    new Set(
      files
        .filter(
          (file) =>
            file.workspace === workspace &&
            (withDevelopment || !(file.isTest || file.path.startsWith(TOOLING))),
        )
        .flatMap(importsOf)
        .filter((s) => !/^(\.|#|node:)/.test(s))
        .map(packageOf),
    );

  test('declares every package that it imports', () => {
    const known = [...runtime, ...Object.keys(devDependencies), ...shared, `@jostle/${workspace}`];
    expect([...imported(true)].filter((name) => !known.includes(name))).toEqual([]);
    if (workspace !== 'tests')
      expect(
        [...imported(false)].filter((name) => !runtime.includes(name) && name !== `@jostle/${workspace}`),
      ).toEqual([]);
  });

  test('declares no package for nothing', () => {
    // tsx is the loader of every entry, and is named on the command line.
    const unused = runtime.filter((name) => !imported(true).has(name) && name !== 'tsx');
    expect(unused).toEqual([]);
  });
});
