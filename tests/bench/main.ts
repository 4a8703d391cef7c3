/** `npm run bench`: measures, prints a table for each suite, and ends with 1 where a target is missed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { commitOf, figureTable, reportOf } from '../figures/report.ts';
import { leaveNothingBehind } from '../support/long-run.ts';
import { benchArguments, EXIT_USAGE, usage } from './arguments.ts';
import { brokerSuite } from './broker/suite.ts';
import { edgeSuite } from './edge/suite.ts';
import { ingestSuite } from './ingest/suite.ts';
import { runSuites, type Suite } from './suites.ts';

const SUITES = new Map<string, Suite>([
  ['edge', edgeSuite],
  ['broker', brokerSuite],
  ['ingest', ingestSuite],
]);
const SEED = 7;

const given = benchArguments(process.argv.slice(2), [...SUITES.keys()]);
if (typeof given === 'string') {
  const isAsked = given === '';
  const text = usage([...SUITES.keys()]);
  (isAsked ? process.stdout : process.stderr).write(isAsked ? text : `${given}\n\n${text}`);
  process.exit(isAsked ? 0 : EXIT_USAGE);
}
const { suites, fileOf, seconds } = given;
// Before the first of them: a folder that cannot be made is not to be found out after half an hour.
for (const file of suites.map(fileOf)) if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
leaveNothingBehind();
const progress = (text: string) => process.stderr.write(`… ${text}\n`);
const commit = commitOf();
const isMet = await runSuites(
  [...SUITES].filter(([name]) => suites.includes(name)),
  { seconds, seed: SEED, progress },
  (name, figures) => {
    process.stdout.write(`${figureTable(figures)}\n${name === suites.at(-1) ? '' : '\n'}`);
    const file = fileOf(name);
    if (file === undefined) return;
    writeFileSync(file, `${JSON.stringify(reportOf(`bench ${name}`, SEED, commit, figures), null, 2)}\n`);
  },
);
process.exit(isMet ? 0 : 1);
