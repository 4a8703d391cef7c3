/** `npm run bench -- SUITE`: measures, prints a table, and ends with 1 where a target is missed. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Figure } from '../figures/figure.ts';
import { commitOf, figureTable, reportOf } from '../figures/report.ts';
import { brokerSuite } from './broker/suite.ts';
import { edgeSuite } from './edge/suite.ts';
import { ingestSuite } from './ingest/suite.ts';

/** How much is measured. */
export interface SuiteOptions {
  /** Length of what runs at real speed, s; shorter measurements shrink with it. */
  seconds: number;
  seed: number;
  progress(text: string): void;
}
export type Suite = (options: SuiteOptions) => Promise<Figure[]>;

const SUITES: Readonly<Record<string, Suite>> = { edge: edgeSuite, broker: brokerSuite, ingest: ingestSuite };
const SEED = 7;
/** Ten minutes at real speed. */
const FULL_SECONDS = 600;
const EXIT_USAGE = 2;

const USAGE = `npm run bench -- SUITE [--json FILE] [--seconds N]

SUITE          ${Object.keys(SUITES).join(', ')}
--json FILE    write the figures there, too
--seconds N    length of what runs at real speed; ${FULL_SECONDS} without. The figures of a shorter run are rougher.
--help         this text

Exit status: 0 all targets met, 1 a target missed, ${EXIT_USAGE} wrong arguments.
`;

function argumentsOf(): { suite: Suite; name: string; json: string | undefined; seconds: number } | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        seconds: { type: 'string', default: String(FULL_SECONDS) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    const [name = '', ...more] = positionals;
    const suite = SUITES[name];
    const seconds = Number(values.seconds);
    if (suite === undefined || more.length > 0)
      return `There is no suite ${positionals.join(' ') || '(none was named)'}.`;
    if (!(seconds >= 1)) return '--seconds takes a number from 1.';
    return { suite, name, json: values.json, seconds };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const given = argumentsOf();
if (typeof given === 'string') {
  const isAsked = given === '';
  (isAsked ? process.stdout : process.stderr).write(isAsked ? USAGE : `${given}\n\n${USAGE}`);
  process.exit(isAsked ? 0 : EXIT_USAGE);
}
const { suite, name, json, seconds } = given;
const progress = (text: string) => process.stderr.write(`… ${text}\n`);
const commit = commitOf();
const figures = await suite({ seconds, seed: SEED, progress });
if (json !== undefined) {
  writeFileSync(json, `${JSON.stringify(reportOf(`bench ${name}`, SEED, commit, figures), null, 2)}\n`);
}
process.stdout.write(`${figureTable(figures)}\n`);
process.exit(figures.every(({ pass }) => pass) ? 0 : 1);
