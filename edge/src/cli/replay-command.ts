import { readFileSync } from 'node:fs';
import { JostleError } from '@jostle/contracts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadSimulator } from '../field/simulator-package.ts';
import { parseRecording } from '../replay/csv-recording.ts';
import { type ColumnChoice, type Recording, UNITS, type Unit } from '../replay/recording.ts';
import { replay } from '../replay/replay.ts';
import { reportText } from '../replay/report-text.ts';
import { knownJourney, simOption } from './field-station.ts';

interface ReplayOptions {
  columns?: ColumnChoice['columns'];
  unit?: Unit;
  range?: number;
  json?: true;
  sim?: string;
}

/** `jostle-edge replay FILE`: the shock events of a recorded CSV file. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('find the shock events of a recording with the detection that runs on the live bus')
    .argument('[file]', 'CSV with time and three axes; exports of phyphox and enDAQ are recognised')
    .option(
      '--columns <t,x,y,z>',
      'columns of time (s) and axes: header names, or numbers from 1',
      parseColumns,
    )
    .addOption(new Option('--unit <unit>', 'unit of the axes, with --columns').choices(UNITS))
    .option(
      '--range <g>',
      'full scale of the device, g; found in the values where it is not given',
      parseRange,
    )
    .option('--json', 'print the report as JSON')
    .addOption(simOption())
    .action(async (file: string | undefined, options: ReplayOptions, command: Command) => {
      const report = replay(await recordingOf(file, options), options.range ?? null);
      const source = file === undefined ? { journey: options.sim } : { file };
      const text = options.json
        ? `${JSON.stringify({ ...source, ...report }, null, 2)}\n`
        : reportText(report);
      command.configureOutput().writeOut?.(text);
    });
}

async function recordingOf(file: string | undefined, options: ReplayOptions): Promise<Recording> {
  const { sim } = options;
  if ((file === undefined) === (sim === undefined))
    throw new JostleError('EDGE_REPLAY_UNREADABLE', 'Name a file, or a journey with --sim, and not both.');
  if (file !== undefined) return parseRecording(readText(file), columnChoice(options));
  const simulator = await loadSimulator();
  return simulator.recording(knownJourney(simulator, String(sim)));
}

function columnChoice({ columns, unit }: ReplayOptions): ColumnChoice | null {
  if (columns === undefined && unit === undefined) return null;
  if (columns !== undefined && unit !== undefined) return { columns, unit };
  throw new JostleError(
    'EDGE_REPLAY_UNREADABLE',
    `--columns and --unit belong together: add ${columns === undefined ? '--columns t,x,y,z' : '--unit g or --unit mps2'}`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JostleError(
      'EDGE_REPLAY_UNREADABLE',
      `${file} cannot be read; check the path and its permissions`,
      {
        cause,
      },
    );
  }
}

function parseColumns(value: string): ColumnChoice['columns'] {
  const [time, x, y, z, ...more] = value.split(',').map((name) => name.trim());
  if (!time || !x || !y || !z || more.length > 0)
    throw new InvalidArgumentError('It takes four columns: time, x, y, z.');
  return [time, x, y, z];
}

function parseRange(value: string): number {
  const range = Number(value);
  if (!(range > 0 && Number.isFinite(range))) throw new InvalidArgumentError('It is a number of g above 0.');
  return range;
}
