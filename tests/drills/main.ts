/** `npm run drill`: makes faults, counts records, and ends with 1 where one is lost or counted twice. */
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Figure } from '../figures/figure.ts';
import { commitOf, figureTable, reportOf } from '../figures/report.ts';
import { leaveNothingBehind } from '../support/long-run.ts';
import type { Drill } from './drill.ts';
import { DRILLS } from './drills.ts';
import { runOrSayWhy } from './run-drill.ts';

const EXIT_USAGE = 2;
const SEED_END = 2 ** 31;

const USAGE = `npm run drill -- [DRILL…] [--long] [--seed N] [--json FILE]

DRILL          one or more of these; all without
${DRILLS.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}
--long         thousands of faults: hours instead of minutes
--seed N       repeats the faults of a run; a random one without, which is printed
--json FILE    write the figures there, too
--help         this text

Exit status: 0 nothing lost and nothing twice, 1 a target missed or a drill that could not run, ${EXIT_USAGE} wrong arguments.
`;

interface Given {
  drills: readonly Drill[];
  isLong: boolean;
  seed: number;
  json: string | undefined;
}

function argumentsOf(): Given | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        long: { type: 'boolean', default: false },
        seed: { type: 'string', default: String(randomInt(SEED_END)) },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return '';
    const unknown = positionals.filter((name) => !DRILLS.some((drill) => drill.name === name));
    if (unknown.length > 0) return `There is no drill ${unknown.join(', ')}.`;
    const seed = Number(values.seed);
    if (!Number.isInteger(seed) || seed < 0) return '--seed takes a whole number from 0.';
    const drills = DRILLS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { drills, isLong: values.long, seed, json: values.json };
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
const { drills, isLong, seed, json } = given;
leaveNothingBehind();
const commit = commitOf();
const figures: Figure[] = [];
const print = (text: string) => process.stderr.write(`${text}\n`);
print(`seed ${seed}`);
for (const drill of drills) {
  print(`… ${drill.name}: ${drill.about}`);
  const progress = (text: string) => print(`…   ${text}`);
  figures.push(...(await runOrSayWhy(drill, { seed, isLong, progress }, print)));
  // After each: a run of hours that is interrupted keeps what it has.
  if (json !== undefined) writeJson(json);
}
process.stdout.write(`${figureTable(figures)}\n`);
process.exit(figures.every(({ pass }) => pass) ? 0 : 1);

function writeJson(path: string): void {
  const tool = isLong ? 'drill --long' : 'drill';
  writeFileSync(path, `${JSON.stringify(reportOf(tool, seed, commit, figures), null, 2)}\n`);
}
