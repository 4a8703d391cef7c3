import { parseArgs } from 'node:util';

export interface BenchArguments {
  /** All where none was named. */
  suites: readonly string[];
  /** Where the figures of a suite go. */
  fileOf(suite: string): string | undefined;
  seconds: number;
}

/** Ten minutes at real speed. */
const FULL_SECONDS = 600;
export const EXIT_USAGE = 2;

export const usage = (known: readonly string[]) => `npm run bench -- [SUITE] [--json PATH] [--seconds N]

SUITE          ${known.join(', ')}; all of them, one after the other, without
--json PATH    write the figures there, too: a file where a suite is named; without, a folder that gets one file for
               each, such as ${known[0]}.json
--seconds N    length of what runs at real speed; ${FULL_SECONDS} without. The figures of a shorter run are rougher.
--help         this text

Exit status: 0 all targets met, 1 a target missed or a suite failed, ${EXIT_USAGE} wrong arguments.
`;

/** @returns what is wrong where it is no use; empty where help was asked for */
export function benchArguments(args: readonly string[], known: readonly string[]): BenchArguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        seconds: { type: 'string', default: String(FULL_SECONDS) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    const [name, ...more] = positionals;
    if (more.length > 0 || (name !== undefined && !known.includes(name)))
      return `There is no suite ${positionals.join(' ')}.`;
    const seconds = Number(values.seconds);
    if (!(seconds >= 1)) return '--seconds takes a number from 1.';
    const { json } = values;
    if (name !== undefined) return { suites: [name], fileOf: () => json, seconds };
    return { suites: known, fileOf: (suite) => json && `${json}/${suite}.json`, seconds };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
