import { existsSync } from 'node:fs';
import { describe, it } from 'vitest';

/** The first of these programs that this machine does not have, and the package that has it; undefined where all are there. */
export function missingProgram(programs: Readonly<Record<string, string>>): string | undefined {
  const isThere = (program: string) =>
    ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin'].some((folder) =>
      existsSync(`${folder}/${program}`),
    );
  const missing = Object.keys(programs).find((program) => !isThere(program));
  return missing && `${missing} is not installed (apt-get install ${programs[missing]})`;
}

/** Tests that need something of the machine. Without it they are left out, in one line that says why; in CI they fail. */
export function describeUnlessMissing(missing: string | undefined, title: string, cases: () => void): void {
  if (missing === undefined) describe(title, cases);
  else if (process.env['CI'] === 'true')
    it(title, () => {
      throw new Error(missing);
    });
  else {
    console.warn(`skipped: ${title}: ${missing}`);
    describe.skipIf(true)(title, cases);
  }
}
