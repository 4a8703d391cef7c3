import { execFileSync } from 'node:child_process';
import { JostleError } from '@jostle/contracts';

/**
 * Runs a program of the build to its end.
 *
 * @param aptPackage that has the program
 * @returns what it printed
 * @throws JostleError EDGE_PACKAGE_IMPOSSIBLE where it is not installed or fails, with the end of its output
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { aptPackage, cwd }: { aptPackage: string; cwd?: string },
): string {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 ** 2,
      ...(cwd === undefined ? {} : { cwd }),
    });
  } catch (cause) {
    const { code, stderr } = cause as { code?: string; stderr?: string };
    throw new JostleError(
      'EDGE_PACKAGE_IMPOSSIBLE',
      code === 'ENOENT'
        ? `${program} is not installed: apt-get install ${aptPackage}`
        : `${program} ${args.join(' ')} failed:\n${(stderr ?? String(cause)).slice(-2000)}`,
      { cause },
    );
  }
}
