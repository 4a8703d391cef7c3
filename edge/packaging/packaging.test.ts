import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeNativeModules } from './native-modules.ts';
import { unpackedNode } from './node-release.ts';
import { requiredLibraries } from './required-libraries.ts';
import { NODE_VERSION, TARGETS, type Target, toolchainPackage } from './target.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-packaging-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(TARGETS)('for $arch', (target) => {
  test('a Node that is not what its checksum says is refused and removed', () => {
    const archive = join(folder, `${target.node.name}-${NODE_VERSION}.tgz`);
    writeFileSync(archive, 'something else');
    expect(() => unpackedNode(target, folder)).toThrow(/has the checksum sha512-.*do not use it/);
    expect(existsSync(archive)).toBe(false);
  });

  test('a missing toolchain is named with the package that has it, before anything is fetched', () => {
    const without: Target = { ...target, toolchain: 'missing-' };
    const nodeFolder = () => expect.unreachable();
    expect(() =>
      placeNativeModules(join(folder, 'node_modules'), { target: without, nodeFolder, cacheDir: folder }),
    ).toThrow(`is not installed: apt-get install ${toolchainPackage(target)}`);
  });
});

test('the toolchain of another architecture is a package of its own', () => {
  const packages = TARGETS.map((target) => [target.nodeArch === process.arch, toolchainPackage(target)]);
  expect(packages).toContainEqual([false, expect.stringMatching(/^g\+\+-(aarch64|x86-64)-linux-gnu$/)]);
});

test.each([
  [['GLIBC_2.2.5 GLIBC_2.34', 'GLIBC_2.17'], 'libc6 (>= 2.34)', 'libstdc++6 (>= 8)'],
  [['GLIBC_2.9 GLIBCXX_3.4.29 GLIBCXX_3.4.9'], 'libc6 (>= 2.9)', 'libstdc++6 (>= 11)'],
  [['GLIBC_2.38 GLIBCXX_3.4.32'], 'libc6 (>= 2.38)', 'libstdc++6 (>= 13)'],
])('programs with the symbols of %j need %s and %s', (symbols, libc, libstdcxx) => {
  const programs = symbols.map((text, i) => {
    const path = join(folder, `${i}.node`);
    writeFileSync(path, text);
    return path;
  });
  expect(requiredLibraries(programs)).toEqual([libc, 'libgcc-s1', libstdcxx]);
});
