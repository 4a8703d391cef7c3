import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, type SourceFile, sourceFiles, type Workspace } from './source-files.ts';

/** Who may import whom. Everything may import contracts; only tests may import everything. */
const MAY_IMPORT: Record<Workspace, readonly Workspace[]> = {
  contracts: [],
  edge: ['contracts'],
  broker: ['contracts'],
  ingest: ['contracts'],
  dashboards: ['contracts'],
  'firmware-sim': ['contracts', 'edge'],
  tests: ['contracts', 'edge', 'broker', 'ingest', 'dashboards', 'firmware-sim'],
};

/** A third-party system is known to one file of a workspace; all others see a port. */
const KNOWN_TO_ONE_FILE = [
  'johnny-five',
  'firmata-io',
  'i2c-bus',
  'mqtt',
  'aedes',
  'better-sqlite3',
  'pg',
  '@sinonjs/fake-timers',
];

/** Folders in which nothing happens but computation. */
const PURE = ['contracts/src/', 'edge/src/detection/', 'ingest/src/correlation/'];
const PURE_PACKAGES = /^(#typebox|typebox(\/\w+)?|@jostle\/contracts(\/typebox)?)$/;
const PURE_NODE_MODULES = ['node:crypto', 'node:zlib'];
const IMPURE_NAMES =
  /\b(setTimeout|setInterval|setImmediate|process|console|fetch|Date\.now|performance\.now|Math\.random)\b/;

const files = sourceFiles();
const sources = files.filter((file) => !file.isTest);

const workspaceOf = (specifier: string) =>
  /^@jostle\/([a-z-]+)/.exec(specifier)?.[1] as Workspace | undefined;
const isPure = (file: SourceFile) => PURE.some((folder) => file.path.startsWith(folder));
const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');

describe('imports', () => {
  test('go only where the table allows, and only through what a workspace exports', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => {
          const target = workspaceOf(specifier);
          if (target !== undefined) {
            return target !== file.workspace && !MAY_IMPORT[file.workspace].includes(target);
          }
          const isRelative = specifier.startsWith('.');
          return (
            isRelative && !normalize(join(dirname(file.path), specifier)).startsWith(`${file.workspace}/`)
          );
        })
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each(KNOWN_TO_ONE_FILE)('of %s stand in one file of a workspace', (name) => {
    const users = sources.filter((file) => valueImports(file).includes(name));
    for (const workspace of new Set(users.map((file) => file.workspace)))
      expect(users.filter((file) => file.workspace === workspace).map((file) => file.path)).toHaveLength(1);
  });

  test('of typebox stand in the file that is made into one', () => {
    const users = files.filter((file) => importsOf(file).some((name) => /^typebox(\/|$)/.test(name)));
    expect(users.map(({ path }) => path)).toEqual(['contracts/src/typebox.ts']);
  });

  test('are resolved with their extension, so that no build of ours is needed', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.') && !/\.(ts|js|json|css)$/.test(specifier))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('pure folders', () => {
  const pure = sources.filter(isPure);

  test('exist', () => {
    for (const folder of PURE) expect(pure.some((file) => file.path.startsWith(folder))).toBe(true);
  });

  test('import nothing that does I/O', () => {
    const wrong = pure.flatMap((file) =>
      importsOf(file)
        .filter((s) => !s.startsWith('.') && !PURE_PACKAGES.test(s))
        .filter((s) => !PURE_NODE_MODULES.includes(s))
        .map((s) => `${file.path} imports ${s}`),
    );
    expect(wrong).toEqual([]);
  });

  test('use no timers, no clock, no randomness, no process', () => {
    const wrong = pure
      .filter((file) => file.path !== 'contracts/src/kernel/clock.ts')
      .filter((file) => IMPURE_NAMES.test(withoutComments(file.text).replaceAll(/'[^'\n]*'|`[^`]*`/g, "''")))
      .map((file) => file.path);
    expect(wrong).toEqual([]);
  });
});

test('the environment is read only by config.ts files and by the entry that hands it on', () => {
  const wrong = sources
    .filter((file) => /\bprocess\.env\b/.test(withoutComments(file.text)))
    .map((file) => file.path)
    .filter((path) => !path.endsWith('/config.ts') && path !== 'firmware-sim/src/demo/child-process.ts');
  expect(wrong).toEqual([]);
});

test('no source throws a plain Error', () => {
  const wrong = sources
    .filter((file) => /\bthrow new Error\(/.test(withoutComments(file.text)))
    .map((file) => file.path);
  expect(wrong).toEqual([]);
});

test('edge names the simulator in one place, where it is looked for when somebody asks for it', () => {
  const naming = sources
    .filter(
      (file) => file.workspace === 'edge' && withoutComments(file.text).includes('@jostle/firmware-sim'),
    )
    .map((file) => file.path);
  expect(naming).toEqual(['edge/src/field/simulator-package.ts']);
});

function valueImports(file: SourceFile): string[] {
  const withoutTypes = file.text.replaceAll(/(^|\n)import type [^;]*;/g, '');
  return importsOf({ ...file, text: withoutTypes });
}
