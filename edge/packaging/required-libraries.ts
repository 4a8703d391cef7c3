import { readFileSync } from 'node:fs';

/** The first GCC whose libstdc++ has GLIBCXX_3.4.N, from N (libstdc++ manual, ABI Policy and Guidelines, history). */
const GCC_BY_GLIBCXX: readonly (readonly [minor: number, gcc: number])[] = [
  [33, 14],
  [31, 13],
  [30, 12],
  [29, 11],
  [26, 9],
  [0, 8],
];

/** The libraries that programs need, in their oldest version, as Debian writes a dependency. */
export function requiredLibraries(programs: readonly string[]): string[] {
  // Versions of symbols stand as plain text in the string table of a program.
  const texts = programs.map((path) => readFileSync(path, 'latin1'));
  const newest = (pattern: RegExp) =>
    Math.max(0, ...texts.flatMap((text) => [...text.matchAll(pattern)].map(([, minor]) => Number(minor))));
  const glibcxx = newest(/GLIBCXX_3\.4\.(\d+)/g);
  const gcc = GCC_BY_GLIBCXX.find(([minor]) => glibcxx >= minor)?.[1];
  return [`libc6 (>= 2.${newest(/GLIBC_2\.(\d+)/g)})`, `libgcc-s1`, `libstdc++6 (>= ${gcc})`];
}
